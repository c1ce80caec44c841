using System.Text.Json.Nodes;
using Routing.Agent.Cluster;

namespace Routing.Tests.KubeApi;

/// <summary>Nodes and BGP objects that do not fit their class, told in watches and in lists.</summary>
internal sealed class UnreadableClusterTests : VirtualAgent
{
    private const string Bgp = "apis/routing.dev/v1alpha1";

    /// <summary>A kind, what of it becomes unreadable, and what is known of it.</summary>
    public static IEnumerable<TestCaseData> Kinds()
    {
        Func<ClusterState, object?>[] known =
        [
            state => Cidrs(state, "n2"), state => Cidrs(state, "n2"), state => state.Configurations?.GetValueOrDefault("default")?.Value?.Asn,
            state => state.Peers?.GetValueOrDefault("tor")?.Value?.Address, state => state.Peers?.GetValueOrDefault("tor")?.Value?.Address,
            state => state.PeerGroups?.GetValueOrDefault("tors")?.Value is not null, state => state.Filters?.GetValueOrDefault("all")?.Value is not null,
        ];
        (string Collection, string Field)[] breaks =
        [
            (Nodes, "spec.podCIDRs"), (Nodes, "metadata.annotations"), ($"{Bgp}/bgpconfigurations", "spec"), ($"{Bgp}/bgppeers", "spec"),
            ($"{Bgp}/bgppeers", "metadata.annotations"), ($"{Bgp}/bgppeergroups", "spec"), ($"{Bgp}/bgpfilters", "spec"),
        ];
        return breaks.Zip(known).Select(one =>
            new TestCaseData(one.First.Collection, one.First.Field, one.Second).SetArgDisplayNames(one.First.Collection.Split('/')[^1], one.First.Field));
    }

    [TestCaseSource(nameof(Kinds))]
    public async Task What_cannot_be_read_any_more_stays_as_it_was_until_it_is_deleted(string collection, string field, object known)
    {
        var look = (Func<ClusterState, object?>)known;
        Put();
        Start();
        await UntilAsync("all is known", () => Directory.State.IsComplete && look(Directory.State) is not null);
        var before = look(Directory.State);

        Break(collection, field);
        await UntilAsync("a watch has told it", () => Unreadable(collection) == 1);
        await PassAsync(Step);
        Assert.That(look(Directory.State), Is.EqualTo(before));

        Api.Be(_ => Outage.None); // what was said is forgotten: lists
        await UntilAsync("they are away", () => Loop.Status.Away.Length > 0);
        await UntilAsync("they are back", () => Resources.All(one => one.State().Connected));
        await PassAsync(Step);
        Assert.That(Unreadable(collection), Is.EqualTo(1));
        Assert.That(look(Directory.State), Is.EqualTo(before));

        Api.Delete(collection, NameOf(collection));
        await UntilAsync("it is gone", () => look(Directory.State) is null or false);
    }

    [TestCaseSource(nameof(Kinds))]
    public async Task What_was_never_readable_is_not_there_until_it_is(string collection, string field, object known)
    {
        var look = (Func<ClusterState, object?>)known;
        Put();
        Break(collection, field);
        Start();
        await UntilAsync("all others are known", () => Directory.State.IsComplete);
        Assert.That(look(Directory.State), Is.Null.Or.False);
        Assert.That(Directory.State.FindNode("n1"), Is.Not.Null);

        Put();
        await UntilAsync("it can be read", () => look(Directory.State) is not (null or false));
    }

    private static string? Cidrs(ClusterState state, string node) => state.FindNode(node) is { } found ? string.Join(' ', found.PodCidrs) : null;

    private static string NameOf(string collection) =>
        (string)JsonNode.Parse(Objects().First(one => one.Collection == collection).Json)!["metadata"]!["name"]!;

    private int Unreadable(string collection) => Resources.Single(one => one.Resource == collection.Split('/')[^1]).State().Unreadable.Count;

    private void Put()
    {
        Api.Put(Nodes, """{"metadata":{"name":"n1"},"spec":{"podCIDRs":["10.1.0.0/24"]}}""");
        foreach (var (collection, json) in Objects())
        {
            Api.Put(collection, json);
        }
    }

    private void Break(string collection, string field)
    {
        var broken = JsonNode.Parse(Objects().First(one => one.Collection == collection).Json)!.AsObject();
        var at = field.Split('.')[..^1].Aggregate((JsonNode)broken, (outer, name) => outer[name]!);
        at[field.Split('.')[^1]] = 7;
        Api.Put(collection, broken.ToJsonString());
    }

    private static IEnumerable<(string Collection, string Json)> Objects()
    {
        yield return (Nodes, """{"metadata":{"name":"n2"},"spec":{"podCIDRs":["10.2.0.0/24"]}}""");
        yield return ($"{Bgp}/bgpconfigurations", """{"metadata":{"name":"default"},"spec":{"asNumber":65000}}""");
        yield return ($"{Bgp}/bgppeers", """{"metadata":{"name":"tor"},"spec":{"peerIP":"192.0.2.1","asNumber":65001}}""");
        yield return ($"{Bgp}/bgppeergroups", """{"metadata":{"name":"tors"},"spec":{"holdTime":"9s"}}""");
        yield return ($"{Bgp}/bgpfilters", """{"metadata":{"name":"all"},"spec":{"importV4":[{"action":"Accept"}]}}""");
    }
}
