namespace Routing.Tests.Lab.Api;

/// <summary>What the API refuses of a NetworkPolicy, and what it fills in.</summary>
internal sealed class NetworkPolicyValidationTests
{
    private const string Policies = "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies";

    private TestApi _api = null!;

    [OneTimeSetUp]
    public async Task Start() => _api = await TestApi.StartAsync();

    [OneTimeTearDown]
    public async Task Stop() => await _api.DisposeAsync();

    [TestCase("""{"ingress":[{"ports":[{"port":0}]}]}""", "spec.ingress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive")]
    [TestCase("""{"ingress":[{"ports":[{"port":65536}]}]}""", "spec.ingress[0].ports[0].port: Invalid value: 65536: must be between 1 and 65535, inclusive")]
    [TestCase("""{"egress":[{},{"ports":[{"port":80},{"port":80,"endPort":79}]}]}""", "spec.egress[1].ports[1].endPort: Invalid value: 79: must be greater than or equal to `port`")]
    [TestCase("""{"ingress":[{"ports":[{"port":80,"endPort":70000}]}]}""", "spec.ingress[0].ports[0].endPort: Invalid value: 70000: must be between 1 and 65535, inclusive")]
    [TestCase("""{"ingress":[{"ports":[{"port":"http","endPort":81}]}]}""", "spec.ingress[0].ports[0].endPort: Invalid value: 81: may not be specified when `port` is non-numeric")]
    [TestCase("""{"ingress":[{"ports":[{"endPort":81}]}]}""", "spec.ingress[0].ports[0].endPort: Invalid value: 81: may not be specified when `port` is not specified")]
    [TestCase("""{"ingress":[{"ports":[{"port":"Http"}]}]}""", "spec.ingress[0].ports[0].port: Invalid value: \"Http\": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")]
    [TestCase("""{"ingress":[{"ports":[{"port":"80"}]}]}""", "spec.ingress[0].ports[0].port: Invalid value: \"80\": must contain at least one letter (a-z)")]
    [TestCase("""{"ingress":[{"ports":[{"port":"much-too-long-a-name"}]}]}""", "must be no more than 15 characters")]
    [TestCase("""{"ingress":[{"ports":[{"port":80,"protocol":"ICMP"}]}]}""", "spec.ingress[0].ports[0].protocol: Unsupported value: \"ICMP\": supported values: \"SCTP\", \"TCP\", \"UDP\"")]
    [TestCase("""{"ingress":[{"from":[{}]}]}""", "spec.ingress[0].from[0]: Required value: must specify a peer")]
    [TestCase("""{"egress":[{"to":[{"ipBlock":{"cidr":"10.0.0.0/8"},"podSelector":{}}]}]}""", "spec.egress[0].to[0]: Forbidden: may not specify both ipBlock and another peer")]
    [TestCase("""{"egress":[{"to":[{"ipBlock":{"cidr":""}}]}]}""", "spec.egress[0].to[0].ipBlock.cidr: Required value")]
    [TestCase("""{"egress":[{"to":[{"ipBlock":{"cidr":"10.0.0.0/33"}}]}]}""", "spec.egress[0].to[0].ipBlock.cidr: Invalid value: \"10.0.0.0/33\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")]
    [TestCase("""{"egress":[{"to":[{"ipBlock":{"cidr":"10.0.0.1"}}]}]}""", "must be a valid CIDR value")]
    [TestCase("""{"egress":[{"to":[{"ipBlock":{"cidr":"10.0.0.0/8","except":["10.0.0.0/8"]}}]}]}""", "spec.egress[0].to[0].ipBlock.except[0]: Invalid value: \"10.0.0.0/8\": must be a strict subset of `cidr`")]
    [TestCase("""{"egress":[{"to":[{"ipBlock":{"cidr":"10.0.0.0/8","except":["10.1.0.0/16","11.0.0.0/16"]}}]}]}""", "except[1]: Invalid value: \"11.0.0.0/16\": must be a strict subset of `cidr`")]
    [TestCase("""{"egress":[{"to":[{"ipBlock":{"cidr":"fd00::/8","except":["10.1.0.0/16"]}}]}]}""", "must be a strict subset of `cidr`")]
    [TestCase("""{"egress":[{"to":[{"ipBlock":{"cidr":"fd00::/8","except":["x"]}}]}]}""", "except[0]: Invalid value: \"x\": must be a valid CIDR value")]
    [TestCase("""{"podSelector":{"matchLabels":{"a b":"c"}}}""", "spec.podSelector.matchLabels: Invalid value: \"a b\": name part must consist of")]
    [TestCase("""{"podSelector":{"matchLabels":{"a":"c d"}}}""", "spec.podSelector.matchLabels: Invalid value: \"c d\": a valid label must be")]
    [TestCase("""{"podSelector":{"matchExpressions":[{"key":"a","operator":"In"}]}}""", "spec.podSelector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'")]
    [TestCase("""{"podSelector":{"matchExpressions":[{"key":"a","operator":"Exists","values":["b"]}]}}""", "spec.podSelector.matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'")]
    [TestCase("""{"podSelector":{"matchExpressions":[{"key":"a","operator":"Near"}]}}""", "spec.podSelector.matchExpressions[0].operator: Invalid value: \"Near\": not a valid selector operator")]
    [TestCase("""{"ingress":[{"from":[{"namespaceSelector":{"matchExpressions":[{"key":"-","operator":"Exists"}]}}]}]}""", "spec.ingress[0].from[0].namespaceSelector.matchExpressions[0].key: Invalid value: \"-\"")]
    [TestCase("""{"policyTypes":["ingress"]}""", "spec.policyTypes[0]: Unsupported value: \"ingress\": supported values: \"Egress\", \"Ingress\"")]
    [TestCase("""{"policyTypes":["Ingress","Egress","Ingress"]}""", "may not specify more than two policyTypes")]
    public async Task Refuses(string spec, string message)
    {
        var (code, body) = await _api.SendAsync("POST", Policies, $$"""{"metadata":{"name":"p"},"spec":{{spec}}}""");

        Assert.That(code, Is.EqualTo(422), body.ToJsonString());
        Assert.That((string)body["message"]!, Does.Contain(message));
        Assert.That(body["details"]!["causes"]!.AsArray(), Has.Count.EqualTo(1));
    }

    [TestCase("""{"podSelector":{},"ingress":[{"ports":[{"port":"80"}]}]}""", true)]
    [TestCase("""{"podSelector":"x"}""", false)]
    [TestCase("""{"podSelector":{},"ingress":{}}""", false)]
    [TestCase("""{"podSelector":{},"ingress":[{"ports":[{"port":true}]}]}""", false)]
    [TestCase("""{"podSelector":{},"ingress":[{"ports":[{"port":1.5,"endPort":1.5}]}]}""", false)]
    public async Task Tells_a_wrong_type_from_a_wrong_value(string spec, bool decodes)
    {
        var (code, _) = await _api.SendAsync("POST", Policies, $$"""{"metadata":{"name":"p"},"spec":{{spec}}}""");
        Assert.That(code, Is.EqualTo(decodes ? 422 : 400));
    }

    [TestCase("""{}""", """["Ingress"]""")]
    [TestCase("""{"ingress":[{}]}""", """["Ingress"]""")]
    [TestCase("""{"egress":[]}""", """["Ingress"]""")]
    [TestCase("""{"egress":[{}]}""", """["Ingress","Egress"]""")]
    [TestCase("""{"egress":[{}],"policyTypes":["Egress"]}""", """["Egress"]""")]
    public async Task Fills_in_policyTypes(string spec, string types)
    {
        var stored = await _api.OkAsync("POST", Policies, $$"""{"metadata":{"generateName":"p-"},"spec":{{spec}}}""");

        Assert.That(stored["spec"]!["policyTypes"]!.ToJsonString(), Is.EqualTo(types));
        Assert.That(stored["spec"]!["podSelector"]!.ToJsonString(), Is.EqualTo("{}"));
        Assert.That((string)stored["metadata"]!["name"]!, Does.Match(@"\Ap-[a-z0-9]{5}\z"));
    }
}
