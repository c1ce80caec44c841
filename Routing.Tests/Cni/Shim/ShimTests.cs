extern alias shim;

using System.Text;
using System.Text.Json;
using shim::Routing.Cni.Protocol;
using ShimProgram = shim::Routing.Cni.Shim;

namespace Routing.Tests.Cni.Shim;

/// <summary>Environment and configuration in, answer and exit code out; the agent is a socket that says what a test
/// wants.
/// </summary>
internal sealed class ShimTests
{
    private static readonly Dictionary<string, string> Environment = new()
    {
        ["CNI_COMMAND"] = "ADD",
        ["CNI_CONTAINERID"] = "c1",
        ["CNI_NETNS"] = "/run/netns/c1",
        ["CNI_IFNAME"] = "eth0",
        ["CNI_ARGS"] = "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-0;K8S_POD_UID=u1;K8S_POD_INFRA_CONTAINER_ID=c1",
    };

    [TestCase("ADD", "", 6, "line 1", TestName = "Empty stdin")]
    [TestCase("ADD", "{", 6, "line 1", TestName = "Cut JSON")]
    [TestCase("ADD", "null", 6, "expected an object", TestName = "JSON null")]
    [TestCase("ADD", """{"cniVersion": "1.1.0", "name": 7}""", 6, "line 1: expected name: a string", TestName = "A name that is a number")]
    [TestCase("ADD", """{"cniVersion": "1.1.0", "name": null}""", 6, "expected name: a string", TestName = "A name that is null")]
    [TestCase("ADD", "[]", 6, "expected an object", TestName = "A list")]
    [TestCase("ADD", "{} {}", 6, "line 1", TestName = "Two configurations")]
    [TestCase("ADD", "{\n\n \"name\": }", 6, "line 3", TestName = "A value that is missing in line 3")]
    [TestCase("ADD", """{"dns": ["10.96.0.10"]}""", 6, "dns: an object", TestName = "DNS that is a list")]
    [TestCase("ADD", """{"ipMasq": "no"}""", 6, "ipMasq: true or false", TestName = "A Boolean that is a string")]
    [TestCase("ADD", """{"timeoutSeconds": 4294967297}""", 6, "timeoutSeconds: a whole number", TestName = "A number without end")]
    [TestCase("GC", """{"cni.dev/valid-attachments": [7]}""", 6, "a list of objects", TestName = "Attachments that are numbers")]
    [TestCase("CHECK", """{"prevResult": {"ips": {}}}""", 6, "ips: a list of objects", TestName = "Addresses that are no list")]
    [TestCase("ADD", """{"name": "n"}""", 1, "no cniVersion", TestName = "No version")]
    [TestCase("ADD", """{"cniVersion": "0.2.0", "name": "n"}""", 1, "'0.2.0' is not supported", TestName = "An old version")]
    [TestCase("ADD", """{"cniVersion": "2.0.0", "name": "n"}""", 1, "0.3.1, 0.4.0, 1.0.0, 1.1.0", TestName = "A new version")]
    [TestCase("CHECK", """{"cniVersion": "0.3.1", "name": "n"}""", 1, "CHECK came with CNI 0.4.0", TestName = "CHECK before 0.4.0")]
    [TestCase("STATUS", """{"cniVersion": "1.0.0", "name": "n"}""", 1, "STATUS came with CNI 1.1.0", TestName = "STATUS before 1.1.0")]
    [TestCase("GC", """{"cniVersion": "1.0.0", "name": "n"}""", 1, "GC came with CNI 1.1.0", TestName = "GC before 1.1.0")]
    [TestCase("ADD", """{"cniVersion": "1.1.0"}""", 7, "no name", TestName = "No name")]
    [TestCase("ADD", """{"cniVersion": "1.1.0", "name": "n", "socket": "cni.sock"}""", 7, "absolute", TestName = "A relative socket")]
    [TestCase("ADD", """{"cniVersion": "1.1.0", "name": "n", "timeoutSeconds": 0}""", 7, "1 to 600", TestName = "No time at all")]
    [TestCase("ADD", """{"cniVersion": "1.1.0", "name": "n", "mtu": -1}""", 6, "expected mtu: a whole number of 0 or more", TestName = "A negative MTU")]
    [TestCase("ADD", """{"cniVersion": "1.1.0", "name": "n", "ipMasq": true}""", 2, "ipMasq: true", TestName = "Masquerading")]
    [TestCase("ADD", """{"cniVersion": "1.1.0", "name": "n", "ipam": {"type": "host-local"}}""", 2, "host-local", TestName = "Another IPAM")]
    [TestCase("ADD", """{"cniVersion": "1.1.0", "name": "n", "prevResult": {"cniVersion": "1.1.0"}}""", 7, "first of its list", TestName = "Chained after another")]
    [TestCase("CHECK", """{"cniVersion": "1.1.0", "name": "n"}""", 7, "prevResult", TestName = "CHECK without prevResult")]
    [TestCase("GC", """{"cniVersion": "1.1.0", "name": "n"}""", 7, "valid-attachments", TestName = "GC without a list takes nobody down")]
    [TestCase("FLY", """{"cniVersion": "1.1.0", "name": "n"}""", 4, "CNI_COMMAND is 'FLY'", TestName = "A command of no version")]
    public void Refuses_what_it_cannot_do(string command, string config, int code, string message)
    {
        var (exit, error) = Run(config, ("CNI_COMMAND", command));
        Assert.Multiple(() =>
        {
            Assert.That(exit, Is.EqualTo(1));
            Assert.That(error.GetProperty("code").GetInt32(), Is.EqualTo(code), error.ToString());
            Assert.That(error.GetProperty("msg").GetString(), Does.Contain(message));
            Assert.That(error.GetProperty("cniVersion").GetString(), Is.Not.Empty);
        });
    }

    [TestCase("CNI_COMMAND", "", "CNI_COMMAND is not set")]
    [TestCase("CNI_CONTAINERID", "", "CNI_CONTAINERID")]
    [TestCase("CNI_NETNS", "", "CNI_NETNS")]
    [TestCase("CNI_IFNAME", "", "CNI_IFNAME")]
    [TestCase("CNI_ARGS", "K8S_POD_NAME", "'K8S_POD_NAME' is not KEY=VALUE")]
    [TestCase("CNI_ARGS", "COLOUR=blue", "'COLOUR' is not known")]
    [TestCase("CNI_ARGS", "COLOUR=blue;IgnoreUnknown=false", "'COLOUR' is not known")]
    [TestCase("CNI_ARGS", "IgnoreUnknown=maybe", "IgnoreUnknown is 'maybe'")]
    public void Names_the_variable_that_is_wrong(string variable, string value, string message)
    {
        var (exit, error) = Run("""{"cniVersion": "1.1.0", "name": "n"}""", (variable, value));
        Assert.That((exit, error.GetProperty("code").GetInt32()), Is.EqualTo((1, 4)));
        Assert.That(error.GetProperty("msg").GetString(), Does.Contain(message));
    }

    [TestCase("""{"cniVersion": "0.4.0"}""", "0.4.0")]
    [TestCase("""{"cniVersion": "9.9.9"}""", "9.9.9")]
    [TestCase("", "1.1.0")]
    public void VERSION_needs_no_agent(string config, string version)
    {
        var (exit, answer) = Run(config, ("CNI_COMMAND", "VERSION"));
        Assert.That(exit, Is.Zero);
        Assert.That(answer.ToString(), Is.EqualTo(
            $$"""{"cniVersion":"{{version}}","supportedVersions":["0.3.1","0.4.0","1.0.0","1.1.0"]}"""));
    }

    [TestCase("ADD", 11)]
    [TestCase("DEL", 11)]
    [TestCase("STATUS", 50)]
    public void A_missing_agent_is_a_matter_of_time_and_the_message_says_what_to_look_at(string command, int code)
    {
        var (exit, error) = Run("""{"cniVersion": "1.1.0", "name": "n", "socket": "/no/such/cni.sock"}""", ("CNI_COMMAND", command));
        Assert.That((exit, error.GetProperty("code").GetInt32()), Is.EqualTo((1, code)));
        Assert.That(error.GetProperty("msg").GetString(), Does.Contain("/no/such/cni.sock").And.Contain("check that its pod runs"));
    }

    [Test]
    public void A_socket_path_longer_than_Linux_allows_is_a_configuration_error()
    {
        var (_, error) = Run($$"""{"cniVersion": "1.1.0", "name": "n", "socket": "/{{new string('x', 108)}}"}""");
        Assert.That(error.GetProperty("code").GetInt32(), Is.EqualTo(7));
    }

    [Test]
    public void The_request_carries_everything_the_agent_needs()
    {
        using var agent = new ScriptedAgent(new CniReply { Done = new Done() });
        var (exit, _) = Run(
            agent.Config("1.1.0", """, "mtu": 1400, "timeoutSeconds": 7, "prevResult": {"cniVersion": "1.1.0", "interfaces": [{"name": "eth0", "sandbox": "/x"}], "ips": [{"address": "10.1.0.1/32", "interface": 0}]}"""),
            ("CNI_COMMAND", "CHECK"));

        Assert.That(exit, Is.Zero);
        Assert.That(agent.Request, Is.EqualTo(new CniRequest
        {
            Command = CniCommand.Check,
            Network = "n",
            ContainerId = "c1",
            IfName = "eth0",
            Netns = "/run/netns/c1",
            Pod = new Pod { Namespace = "default", Name = "web-0", Uid = "u1" },
            Mtu = 1400,
            TimeoutMilliseconds = 7000,
            PreviousResult = new Result
            {
                Interfaces = { new Interface { Name = "eth0", Sandbox = "/x" } },
                Ips = { new IpConfig { Address = "10.1.0.1/32", Interface = 0 } },
            },
        }));
    }

    /// <summary>Any cut of a configuration is an error object, never a crash or a success.</summary>
    [Test]
    public void A_configuration_that_is_cut_anywhere_is_refused()
    {
        const string Config = """{"cniVersion": "1.1.0", "name": "n", "x": [{"y": null}, 1.5], "ipam": {"a": [1], "type": ""}, "dns": {"search": ["a"]}, "prevResult": {"ips": [{"address": "1.2.3.4/32", "interface": 1, "z": {}}], "routes": []}, "cni.dev/valid-attachments": [{"containerID": "c", "ifname": "e"}]}""";
        for (var length = 1; length < Config.Length; length++)
        {
            var (exit, error) = Run(Config[..length], ("CNI_COMMAND", "VERSION"));
            Assert.That((exit, error.GetProperty("code").GetInt32()), Is.EqualTo((1, 6)), Config[..length]);
        }

        Assert.That(Run(Config, ("CNI_COMMAND", "VERSION")).Exit, Is.Zero);
    }

    [Test]
    public void GC_passes_the_valid_attachments()
    {
        using var agent = new ScriptedAgent(new CniReply { Done = new Done() });
        Run(agent.Config("1.1.0", """, "cni.dev/valid-attachments": [{"containerID": "c9", "ifname": "net1"}]"""), ("CNI_COMMAND", "GC"));
        Assert.That(agent.Request!.ValidAttachments, Is.EqualTo(new[] { new AttachmentId { ContainerId = "c9", IfName = "net1" } }));
    }

    [TestCase("0.3.1", """[{"version":"4","address":"10.1.0.1/32","gateway":"169.254.1.1","interface":1},{"version":"6","address":"fd00::1/128","gateway":"fe80::1","interface":1}]""", false)]
    [TestCase("0.4.0", """[{"version":"4","address":"10.1.0.1/32","gateway":"169.254.1.1","interface":1},{"version":"6","address":"fd00::1/128","gateway":"fe80::1","interface":1}]""", false)]
    [TestCase("1.0.0", """[{"address":"10.1.0.1/32","gateway":"169.254.1.1","interface":1},{"address":"fd00::1/128","gateway":"fe80::1","interface":1}]""", false)]
    [TestCase("1.1.0", """[{"address":"10.1.0.1/32","gateway":"169.254.1.1","interface":1},{"address":"fd00::1/128","gateway":"fe80::1","interface":1}]""", true)]
    public void Results_have_the_shape_of_the_configurations_version(string version, string ips, bool hasMtu)
    {
        using var agent = new ScriptedAgent(new CniReply
        {
            Result = new Result
            {
                Interfaces = { new Interface { Name = "rt1", Mac = "ee:ee:ee:ee:ee:ee", Mtu = 1400 }, new Interface { Name = "eth0", Sandbox = "/x" } },
                Ips =
                {
                    new IpConfig { Address = "10.1.0.1/32", Gateway = "169.254.1.1", Interface = 1 },
                    new IpConfig { Address = "fd00::1/128", Gateway = "fe80::1", Interface = 1 },
                },
                Routes = { new Route { Dst = "0.0.0.0/0", Gw = "169.254.1.1" } },
            },
        });
        var (exit, result) = Run(agent.Config(version));
        Assert.Multiple(() =>
        {
            Assert.That(exit, Is.Zero);
            Assert.That(result.GetProperty("cniVersion").GetString(), Is.EqualTo(version));
            Assert.That(result.GetProperty("ips").ToString(), Is.EqualTo(ips));
            Assert.That(result.GetProperty("interfaces")[0].TryGetProperty("mtu", out _), Is.EqualTo(hasMtu));
            Assert.That(result.GetProperty("routes").ToString(), Is.EqualTo("""[{"dst":"0.0.0.0/0","gw":"169.254.1.1"}]"""));
            Assert.That(result.TryGetProperty("dns", out _), Is.False);
        });
    }

    [TestCase("0C", 11, "closed the connection", TestName = "A reply that ends in its length")]
    [TestCase("00000004AABB", 11, "closed the connection", TestName = "A reply that is cut short")]
    [TestCase("00000004FFFFFFFF", 6, "cannot be read", TestName = "A reply that is no message")]
    [TestCase("7FFFFFFF", 6, "2147483647 octets", TestName = "A reply without end")]
    [TestCase("00000000", 6, "did not answer ADD", TestName = "A reply without an outcome")]
    [TestCase("000000021200", 6, "did not answer ADD", TestName = "An ADD that is only done")]
    [TestCase("", 11, "closed the connection", TestName = "No reply")]
    public void A_broken_reply_is_an_error_and_never_a_success(string octets, int code, string message)
    {
        using var agent = new ScriptedAgent(Convert.FromHexString(octets));
        var (exit, error) = Run(agent.Config("1.1.0"));
        Assert.That((exit, error.GetProperty("code").GetInt32()), Is.EqualTo((1, code)), error.ToString());
        Assert.That(error.GetProperty("msg").GetString(), Does.Contain(message));
    }

    [Test]
    public void An_agent_that_says_nothing_is_given_up_on()
    {
        using var agent = new ScriptedAgent((byte[]?)null);
        var (exit, error) = Run(agent.Config("1.1.0", """, "timeoutSeconds": 1"""));
        Assert.That((exit, error.GetProperty("code").GetInt32()), Is.EqualTo((1, 11)));
        Assert.That(error.GetProperty("msg").GetString(), Does.Contain("did not answer in time"));
    }

    [Test]
    public void The_agents_error_is_passed_on()
    {
        using var agent = new ScriptedAgent(new CniReply
        {
            Failure = new Failure { Code = CniErrorCode.AddressesExhausted, Message = "10.1.0.0/24 is full", Details = "254 in use" },
        });
        var (exit, error) = Run(agent.Config("0.4.0"));
        Assert.That(exit, Is.EqualTo(1));
        Assert.That(error.ToString(), Is.EqualTo(
            """{"cniVersion":"0.4.0","code":101,"msg":"10.1.0.0/24 is full","details":"254 in use"}"""));
    }

    private static (int Exit, JsonElement Answer) Run(string config, params (string Key, string Value)[] changes)
    {
        var environment = new Dictionary<string, string>(Environment);
        foreach (var (key, value) in changes)
        {
            environment[key] = value;
        }

        var output = new MemoryStream();
        var exit = ShimProgram.Run(
            name => environment.GetValueOrDefault(name), () => Encoding.UTF8.GetBytes(config), answer => output.Write(answer.Span));
        return (exit, output.Length == 0 ? default : JsonDocument.Parse(output.ToArray()).RootElement);
    }
}
