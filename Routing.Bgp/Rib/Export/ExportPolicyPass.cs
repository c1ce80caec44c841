using System.Runtime.InteropServices;
using Routing.Bgp.Rib.Decision;
using Routing.Bgp.Rib.Policies;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.RoutePolicy.Compile;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib.Export;

/// <summary>Runs an update group's policy over the changes of a round: what it rejects becomes a withdrawal, what it changes is
/// sent with other attributes. Changes are taken by source and attributes, so that the rules run once for all that share
/// them.</summary>
/// <remarks>A group without a policy does not come here. One per family, with its scratch memory.</remarks>
internal sealed class ExportPolicyPass(PrefixTable prefixes, PathSources sources, SpeakerIdentity own, PolicyRun policies)
{
    private ulong[] _keys = [];
    private int[] _order = [];
    private RouteScope? _scope;

    /// <summary>Judges all announcements among the changes. The attributes it makes are valid until
    /// <see cref="Release"/>.</summary>
    public void Apply(PolicyProgram policy, ExportKey key, List<RouteChange> changes)
    {
        var span = CollectionsMarshal.AsSpan(changes);
        var count = Sort(span);
        var source = -1;
        for (var start = 0; start < count;)
        {
            if ((int)(_keys[start] >> 32) != source)
            {
                source = (int)(_keys[start] >> 32);
                _scope = ScopeOf(key, sources[(ushort)source], prefixes.Family, own);
            }

            policies.Begin(policy, _scope!, (int)(uint)_keys[start]);
            var end = start;
            for (; end < count && _keys[end] == _keys[start]; end++)
            {
                ref var change = ref span[_order[end]];
                var verdict = policies.Judge(prefixes.PrefixOf(change.Row));
                change = verdict.IsAccepted
                    ? change with { Sent = verdict.Attributes }
                    : change with { Now = null };
            }

            start = end;
        }
    }

    /// <summary>Lets go of the attributes that the policy made.</summary>
    public void Release() => policies.Release();

    /// <summary>What a policy sees of the way from a source to a group.</summary>
    public static RouteScope ScopeOf(ExportKey key, in PathSource source, AfiSafi family, SpeakerIdentity own) => new()
    {
        Family = family,
        IsExport = true,
        PeerKind = key.Profile.IsExternal ? PeerKind.External : PeerKind.Internal,
        Source = source.Kind switch
        {
            PathSourceKind.Local => RouteSource.Local,
            PathSourceKind.External => RouteSource.ExternalPeers,
            _ => RouteSource.InternalPeers,
        },
        Interface = source.Interface,
        OwnAsn = key.Profile.PrependedAsn != 0 ? key.Profile.PrependedAsn : own.Asn,
        OwnAddress = key.SelfNextHop,
    };

    private int Sort(Span<RouteChange> changes)
    {
        if (_keys.Length < changes.Length)
        {
            Array.Resize(ref _keys, changes.Length);
            Array.Resize(ref _order, changes.Length);
        }

        var count = 0;
        for (var i = 0; i < changes.Length; i++)
        {
            if (changes[i].Now is { } now)
            {
                _keys[count] = ((ulong)now.Value << 32) | (uint)changes[i].Attributes;
                _order[count++] = i;
            }
        }

        _keys.AsSpan(0, count).Sort(_order.AsSpan(0, count));
        return count;
    }
}
