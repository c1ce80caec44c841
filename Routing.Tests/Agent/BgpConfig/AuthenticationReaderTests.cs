using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Routing.Agent.BgpConfig;
using Routing.Bgp.Bfd.Authentication;
using Routing.Bgp.Session.Tcp;
using Routing.Bgp.Speaker;
using Routing.Policy.Model;

namespace Routing.Tests.Agent.BgpConfig;

/// <summary>password, passwordFile, tcpAO, and the other fields of the connection.</summary>
[TestFixture]
internal sealed class AuthenticationReaderTests
{
    [TestCase("""{"password": "x", "passwordFile": "f"}""", "spec.passwordFile: 'f' is not allowed; either password or passwordFile, not both")]
    [TestCase("""{"password": 7}""", "spec.password: '(not shown)' is not allowed; the text itself, or secretKeyRef")]
    [TestCase("""{"password": ""}""", "spec.password: '(secret)' is not allowed; 1 to 80 octets")]
    [TestCase("""{"pasword": "x"}""", "spec.pasword: '(not shown)' is not allowed; there is no such field")]
    [TestCase("""{"password": {"secretKeyRef": {"name": "a"}}}""", "spec.password.secretKeyRef.key: missing")]
    [TestCase("""{"password": {"secretRef": "a"}}""", "spec.password.secretKeyRef: missing")]
    [TestCase("""{"password": {"secretKeyRef": {"name": "a", "key": "b"}}}""", "'a/b' is not allowed; the text itself or a file here")]
    [TestCase("""{"passwordFile": "/nowhere"}""", "spec.passwordFile: '/nowhere' is not allowed; a file that can be read")]
    [TestCase("""{"password": "x", "tcpAO": [{"sendID": 1, "receiveID": 1, "key": "k"}]}""", "either password or tcpAO, not both")]
    [TestCase("""{"tcpAO": [{"sendID": 256, "receiveID": 1, "key": "k"}]}""", "spec.tcpAO[0].sendID: '256'")]
    [TestCase("""{"tcpAO": [{"sendID": 1, "receiveID": 1}]}""", "spec.tcpAO[0].key: missing; the master key, or keyFile")]
    [TestCase("""{"tcpAO": [{"sendID": 1, "receiveID": 1, "key": "k", "algorithm": "md5"}]}""", "one of hmac-sha1-96, aes-128-cmac-96")]
    [TestCase("""{"tcpAO": [{"sendID": 1, "receiveID": 1, "key": "k"}, {"sendID": 2, "receiveID": 1, "key": "l"}]}""", "each sendID and each receiveID once")]
    [TestCase("""{"bfd": {"authentication": {"type": "sha1", "keys": [{"id": 1, "key": "k"}]}}}""", "spec.bfd.authentication.type: 'sha1' is not allowed; one of simple, keyed-md5")]
    [TestCase("""{"bfd": {"authentication": {"type": "keyed-md5"}}}""", "spec.bfd.authentication.keys: missing; at least one key")]
    [TestCase("""{"bfd": {"authentication": {"type": "keyed-md5", "keys": [{"key": "k"}]}}}""", "spec.bfd.authentication.keys[0].id: missing")]
    [TestCase("""{"bfd": {"authentication": {"type": "keyed-md5", "keys": [{"id": 1}]}}}""", "spec.bfd.authentication.keys[0].key: missing; the password or key")]
    [TestCase("""{"bfd": {"authentication": {"type": "keyed-md5", "keys": [{"id": 1, "key": "k"}, {"id": 1, "key": "l"}]}}}""", "each id once")]
    [TestCase("""{"bfd": {"authentication": {"type": "keyed-md5", "keys": [{"id": 1, "key": "seventeen-octets-"}]}}}""", "spec.bfd.authentication.keys[0].key: '(secret)' is not allowed; 1 to 16 octets")]
    [TestCase("""{"bfd": {"authentication": {"type": "keyed-sha1", "keys": [{"id": 1, "keyFile": "/nowhere"}]}}}""", "spec.bfd.authentication.keys[0].keyFile: '/nowhere' is not allowed; a file that can be read")]
    [TestCase("""{"ttlSecurity": 0}""", "spec.ttlSecurity: '0' is not allowed; a whole number from 1 to 254")]
    [TestCase("""{"ttlSecurity": 2, "ebgpMultihop": 3}""", "nothing beside ttlSecurity")]
    [TestCase("""{"interface": "a/b"}""", "spec.interface: 'a/b' is not allowed; an interface's name")]
    public void Mistakes_are_named_and_secrets_are_not(string fields, string expected) =>
        Assert.That(Read(fields, new FileSecrets("/"), out TransportOptions? _).Select(problem => problem.ToString()), Has.Some.Contains(expected));

    [Test]
    public void Keys_are_read_in_their_order()
    {
        Assert.That(Read(
            """{"tcpAO": [{"sendID": 2, "receiveID": 3, "key": "new", "algorithm": "aes-128-cmac-96"}, {"sendID": 1, "receiveID": 1, "key": "old"}]}""",
            new FileSecrets("/"), out TransportOptions? keys), Is.Empty);
        Assert.That(keys!.AoKeys.Keys, Is.EqualTo(new[]
        {
            new TcpAoKey(2, 3, TcpAoAlgorithm.AesCmac, TcpSecret.Create("new")!),
            new TcpAoKey(1, 1, TcpAoAlgorithm.HmacSha1, TcpSecret.Create("old")!),
        }));
    }

    [Test]
    public void Keys_of_bfd_are_read_in_their_order_also_out_of_Secrets()
    {
        const string Fields = """
            {"bfd": {"authentication": {"type": "meticulous-keyed-sha1", "keys": [
              {"id": 2, "key": {"secretKeyRef": {"name": "bgp", "key": "bfd"}}}, {"id": 1, "key": "old"}]}}}
            """;
        var secrets = new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            ["bgp"] = new Dictionary<string, string> { ["bfd"] = "tiger" },
        };
        const BfdAuthenticationType Type = BfdAuthenticationType.MeticulousKeyedSha1;
        Assert.That(Read(Fields, new ClusterSecrets(secrets), out PeerConfig? peer), Is.Empty);
        Assert.That(peer!.Bfd!.Authentication, Is.EqualTo(new BfdAuthenticationOptions(
            Type, [BfdKey.Create(2, "tiger", Type)!, BfdKey.Create(1, "old", Type)!])));
    }

    [Test]
    public void A_cluster_s_secrets_stand_in_Secrets()
    {
        const string Fields = """{"password": {"secretKeyRef": {"name": "bgp", "key": "tor"}}}""";
        var secrets = new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            ["bgp"] = new Dictionary<string, string> { ["tor"] = "tiger" },
        };
        Assert.That(Read(Fields, new ClusterSecrets(secrets), out TransportOptions? keys), Is.Empty);
        Assert.That(keys!.Password, Is.EqualTo(TcpSecret.Create("tiger")));
        Assert.That(Read(Fields.Replace("tor", "rot"), new ClusterSecrets(secrets), out TransportOptions? _).Single().ToString(),
            Does.Contain("'bgp/rot' is not allowed; a Secret of the agent's --secrets-namespace with this key"));
        Assert.That(Read(Fields, new ClusterSecrets(null), out TransportOptions? _).Single().ToString(), Does.Contain("chart: bgp.secrets"));
        Assert.That(Read("""{"passwordFile": "x"}""", new ClusterSecrets(secrets), out TransportOptions? _).Single().ToString(),
            Does.Contain("files are a stand-alone speaker's"));
    }

    private static ImmutableArray<Problem> Read(
        string fields, ISecretStore secrets, out TransportOptions? transport)
    {
        var problems = Read(fields, secrets, out PeerConfig? config);
        transport = config?.Transport;
        return problems;
    }

    private static ImmutableArray<Problem> Read(
        string fields, ISecretStore secrets, out PeerConfig? config)
    {
        var spec = JsonNode.Parse(fields)!.AsObject();
        (spec["peerIP"], spec["asNumber"]) = ("192.0.2.1", 65001);
        var source = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "a" }, ["spec"] = spec };
        config = null;
        if (BgpObjectReader.ReadPeer(source, new Dictionary<string, BgpPeerGroup>(), out var problems) is not { } peer)
        {
            return problems;
        }

        config = SpeakerConfigTranslator.TranslatePeer(
            peer, new Dictionary<string, BgpFilter>(), secrets, 65000, out problems);
        return problems;
    }
}
