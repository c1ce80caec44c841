using System.Collections.Immutable;
using Routing.Bgp.Bfd;
using Routing.Bgp.Bfd.Authentication;
using Routing.Bgp.Session.Tcp;
using Routing.Bgp.Speaker;
using Routing.Policy.Model;

namespace Routing.Agent.BgpConfig;

/// <summary>What a peer's segments and BFD packets are signed with, as configured: where the secrets are.</summary>
/// <param name="Password">For TCP MD5, or null.</param>
/// <param name="AoKeys">For TCP-AO.</param>
internal sealed record PeerAuthentication(SecretSource? Password, ImmutableArray<AoKeySource> AoKeys)
{
    /// <summary>Nothing is signed.</summary>
    public static PeerAuthentication None { get; } = new(null, []);

    /// <summary>For BFD, or null.</summary>
    public BfdAuthenticationSource? Bfd { get; init; }

    /// <summary>Gets the secrets. A peer whose secret cannot be had must not go on without.</summary>
    public TransportOptions Resolve(
        TransportOptions options, ISecretStore secrets, ImmutableArray<Problem>.Builder problems)
    {
        var keys = ImmutableArray.CreateBuilder<TcpAoKey>();
        foreach (var key in AoKeys)
        {
            if (Resolve(key.Key, secrets, problems) is { } secret)
            {
                keys.Add(new TcpAoKey(key.SendId, key.ReceiveId, key.Algorithm, secret));
            }
        }

        return options with
        {
            Password = Password is null ? null : Resolve(Password, secrets, problems),
            AoKeys = keys.Count == 0 ? TcpAoKeyChain.None : new TcpAoKeyChain(keys.ToImmutable()),
        };
    }

    /// <summary>Gets the secrets of the BFD session.</summary>
    public BfdOptions? Resolve(BfdOptions? options, ISecretStore secrets, ImmutableArray<Problem>.Builder problems)
    {
        if (options is null || Bfd is not { } bfd)
        {
            return options;
        }

        var keys = bfd.Keys
            .Select(key => Resolve(
                key.Key, secrets, problems, text => BfdKey.Create(key.Id, text, bfd.Type), BfdKey.MostOctets(bfd.Type)))
            .OfType<BfdKey>()
            .ToImmutableArray();
        return options with { Authentication = new BfdAuthenticationOptions(bfd.Type, keys) };
    }

    private static TcpSecret? Resolve(
        SecretSource source, ISecretStore secrets, ImmutableArray<Problem>.Builder problems) =>
            Resolve(source, secrets, problems, TcpSecret.Create, TcpSecret.MaxOctets);

    private static T? Resolve<T>(
        SecretSource source,
        ISecretStore secrets,
        ImmutableArray<Problem>.Builder problems,
        Func<string, T?> create,
        int mostOctets)
        where T : class
    {
        if (secrets.Read(source, out var allowed) is not { } text)
        {
            problems.Add(new Problem($"spec.{source.Field}", source.ToString(), allowed));
            return null;
        }

        var secret = create(text);
        if (secret is null)
        {
            problems.Add(new Problem($"spec.{source.Field}", source.ToString(), $"1 to {mostOctets} octets"));
        }

        return secret;
    }
}
