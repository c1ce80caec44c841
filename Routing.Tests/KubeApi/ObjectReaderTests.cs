using System.Text.Json;
using k8s;
using k8s.Models;
using Routing.Agent.KubeApi;

namespace Routing.Tests.KubeApi;

internal sealed class ObjectReaderTests
{
    [TestCase("""{"metadata":{"name":"a"},"spec":{"podSelector":{},"ingress":7}}""", "spec.ingress=7")]
    [TestCase("""{"metadata":{"name":"a"},"spec":{"ingress":[{},{"from":7},{"ports":[{"port":[]}]}]}}""",
        """spec.ingress[1]={"from":7} spec.ingress[2]={"ports":[{"port":[]}]}""")]
    [TestCase("""{"metadata":{"name":"a","labels":[]},"spec":7}""", "metadata.labels=[] spec=7")]
    [TestCase("""{"metadata":{"name":"a","creationTimestamp":"yesterday"},"spec":{"podSelector":{"matchLabels":{"a":{}}}}}""",
        """metadata.creationTimestamp="yesterday" spec.podSelector={"matchLabels":{"a":{}}}""")]
    public void Loses_what_does_not_fit_and_nothing_else(string json, string lost)
    {
        var element = Parse(json);
        Assert.That(ObjectReader<V1NetworkPolicy>.TryRead(element, out _, out var reason), Is.False);
        Assert.That(reason, Is.Not.Empty);
        var read = ObjectReader<V1NetworkPolicy>.ReadRest(element)!;
        Assert.That(read.Rest.Metadata.Name, Is.EqualTo("a"));
        Assert.That(string.Join(' ', read.Lost.Select(one => $"{one.Path}={one.Text}")), Is.EqualTo(lost));
    }

    [Test]
    public void Keeps_what_fits()
    {
        var read = ObjectReader<V1NetworkPolicy>.ReadRest(Parse("""
            {"metadata":{"name":"a","namespace":"b","labels":{"c":"d"}},
             "spec":{"podSelector":{"matchLabels":{"e":"f"}},"policyTypes":["Egress"],"ingress":7,"egress":[{"to":7},{"to":[]}]}}
            """))!.Rest;
        Assert.That(KubernetesJson.Serialize(read), Is.EqualTo(
            """{"metadata":{"labels":{"c":"d"},"name":"a","namespace":"b"},"spec":{"egress":[{"to":[]}],"podSelector":{"matchLabels":{"e":"f"}},"policyTypes":["Egress"]}}"""));
    }

    [TestCase("7")]
    [TestCase("""{"spec":7}""")]
    [TestCase("""{"metadata":{"name":7}}""")]
    [TestCase("""{"metadata":7}""")]
    public void What_has_no_name_is_no_object(string json)
    {
        Assert.That(ObjectReader<V1NetworkPolicy>.TryRead(Parse(json), out _, out _), Is.False);
        Assert.That(ObjectReader<V1NetworkPolicy>.ReadRest(Parse(json)), Is.Null);
    }

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
