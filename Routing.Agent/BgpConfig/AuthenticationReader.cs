using System.Collections.Immutable;
using Routing.Bgp.Session.Tcp;

namespace Routing.Agent.BgpConfig;

/// <summary>Reads what a peer's segments are signed with: <c>password</c> (TCP MD5) or <c>tcpAO</c>.</summary>
internal static class AuthenticationReader
{
    private static readonly Dictionary<string, TcpAoAlgorithm> Algorithms = new()
    {
        ["hmac-sha1-96"] = TcpAoAlgorithm.HmacSha1,
        ["aes-128-cmac-96"] = TcpAoAlgorithm.AesCmac,
    };

    /// <summary>Reads the fields.</summary>
    public static PeerAuthentication Read(FieldReader spec)
    {
        var password = SecretReader.Read(spec, "password");
        var keys = ImmutableArray.CreateBuilder<AoKeySource>();
        foreach (var (index, item) in spec.Objects("tcpAO").Index())
        {
            item.Require("sendID", "the KeyID we sign with, 0 to 255");
            item.Require("receiveID", "the KeyID the neighbour signs with, 0 to 255");
            var (send, receive) = (item.Integer("sendID", 0, byte.MaxValue), item.Integer("receiveID", 0, byte.MaxValue));
            var algorithm = item.Word("algorithm", Algorithms) ?? TcpAoAlgorithm.HmacSha1;
            var key = SecretReader.Read(item, "key");
            if (key is null && !item.Has("key") && !item.Has("keyFile"))
            {
                item.Report("key", "", "the master key, or keyFile");
            }

            item.End();
            if (keys.Any(other => other.SendId == send || other.ReceiveId == receive))
            {
                item.Report("sendID", $"{send}", "each sendID and each receiveID once (RFC 5925 §3.1)");
            }

            if (send is { } sendId && receive is { } receiveId && key is not null)
            {
                var source = key with { Field = $"tcpAO[{index}].{key.Field}" };
                keys.Add(new AoKeySource((byte)sendId, (byte)receiveId, algorithm, source));
            }
        }

        if (password is not null && spec.Has("tcpAO"))
        {
            // RFC 5925 §1: an endpoint must not use both for one connection.
            spec.Report("tcpAO", "", "either password or tcpAO, not both");
        }

        return new PeerAuthentication(password, keys.ToImmutable());
    }
}
