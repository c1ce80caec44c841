using System.Collections.Immutable;
using Routing.Bgp.Bfd.Authentication;

namespace Routing.Agent.BgpConfig;

/// <summary>Reads <c>bfd.authentication</c> (RFC 5880 §6.7).</summary>
internal static class BfdAuthenticationReader
{
    private const string Field = "authentication";

    /// <summary>The words for the types.</summary>
    public static IReadOnlyDictionary<string, BfdAuthenticationType> Types { get; } =
        new Dictionary<string, BfdAuthenticationType>
        {
            ["simple"] = BfdAuthenticationType.SimplePassword,
            ["keyed-md5"] = BfdAuthenticationType.KeyedMd5,
            ["meticulous-keyed-md5"] = BfdAuthenticationType.MeticulousKeyedMd5,
            ["keyed-sha1"] = BfdAuthenticationType.KeyedSha1,
            ["meticulous-keyed-sha1"] = BfdAuthenticationType.MeticulousKeyedSha1,
        };

    /// <summary>Reads the field.</summary>
    /// <returns>Null when it is not there, or something is wrong.</returns>
    public static BfdAuthenticationSource? Read(FieldReader bfd)
    {
        if (bfd.Object(Field) is not { } authentication)
        {
            return null;
        }

        authentication.Require("type", string.Join(", ", Types.Keys));
        var type = authentication.Word("type", Types);
        var keys = ImmutableArray.CreateBuilder<BfdKeySource>();
        foreach (var (index, item) in authentication.Objects("keys").Index())
        {
            item.Require("id", "the Key ID, 0 to 255");
            var id = item.Integer("id", 0, byte.MaxValue);
            var key = SecretReader.Read(item, "key");
            if (key is null && !item.Has("key") && !item.Has("keyFile"))
            {
                item.Report("key", "", "the password or key, or keyFile");
            }

            item.End();
            if (keys.Any(other => other.Id == id))
            {
                item.Report("id", $"{id}", "each id once");
            }

            if (id is { } number && key is not null)
            {
                keys.Add(new BfdKeySource((byte)number, key with { Field = $"bfd.{Field}.keys[{index}].{key.Field}" }));
            }
        }

        if (!authentication.Has("keys"))
        {
            authentication.Report("keys", "", "at least one key");
        }

        authentication.End();
        return type is null || keys.Count == 0 ? null : new BfdAuthenticationSource(type.Value, keys.ToImmutable());
    }
}
