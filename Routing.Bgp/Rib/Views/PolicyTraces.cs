using Routing.Bgp.Rib.Export;
using Routing.Bgp.Rib.Import;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.RoutePolicy.Reference;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Views;

/// <summary>Why policies did what they did with a path. Nothing of it is stored: the reference interpreter runs again. On the
/// RIB's thread.</summary>
internal sealed class PolicyTraces(RibTables rib, ImportEdits edits)
{
    /// <summary>What the import policy of a path's peer makes of it; null when there is none.</summary>
    public PolicyTrace? OnImport(AfiSafi family, int row, int path)
    {
        var source = new PeerIndex(rib.Paths[path].Peer);
        return source != PeerIndex.Local && rib.Peers.TryGetValue(source, out var peer)
            ? TraceImport(peer, family, row, rib.Paths.ReceivedOf(path))
            : null;
    }

    /// <summary>What the export policy of an update group makes of a path; null when there is none.</summary>
    public PolicyTrace? OnExport(AfiSafi family, int row, int path, ExportKey key)
    {
        ref var entry = ref rib.Paths[path];
        return Trace(
            key.Filter, family, row, entry.Attributes, ExportPolicyPass.ScopeOf(key, rib.Sources[entry.Peer], family, rib.Own));
    }

    /// <summary>The attributes that an update group is sent for a path that its policy accepts.</summary>
    /// <returns>Their index; the caller has a reference to release.</returns>
    public int SentAttributes(AfiSafi family, int row, int path, ExportKey key)
    {
        ref var entry = ref rib.Paths[path];
        var sent = entry.Attributes;
        if (key.Filter.ProgramFor(family) is { } program)
        {
            rib.Policies.Begin(program, ExportPolicyPass.ScopeOf(key, rib.Sources[entry.Peer], family, rib.Own), entry.Attributes);
            sent = rib.Policies.Judge(rib[family].LocRib.Prefixes.PrefixOf(row)).Attributes;
        }

        rib.Attributes.AddReference(sent);
        rib.Policies.Release();
        return sent;
    }

    /// <summary>The policy sees what our own edits have made of the attributes.</summary>
    private PolicyTrace? TraceImport(RibPeer peer, AfiSafi family, int row, int received)
    {
        var edited = peer.LastSession is { } session ? edits.Edit(received, peer, session) : 0;
        if (edited == 0)
        {
            return null;
        }

        var trace = Trace(peer.Config.Import, family, row, edited, peer.ImportScopeOf(family));
        rib.Attributes.Release(edited);
        return trace;
    }

    private PolicyTrace? Trace(RouteFilter filter, AfiSafi family, int row, int attributes, RouteScope scope)
    {
        if (filter.ProgramFor(family) is null)
        {
            return null;
        }

        var prefix = rib[family].LocRib.Prefixes.PrefixOf(row);
        var route = PolicyRoute.Decode(prefix, scope, rib.Attributes.Octets(attributes));
        return ReferencePolicy.Evaluate(filter, WithValidity(route, prefix, attributes));
    }

    private PolicyRoute WithValidity(PolicyRoute route, Prefix prefix, int attributes)
    {
        if (rib.Policies.Validity is not { } validity)
        {
            return route;
        }

        AttributeCursor.TryFind(rib.Attributes.Octets(attributes), AttributeType.AsPath, out var path);
        return route with
        {
            OriginValidity = validity.OriginOf(prefix, path),
            PathValidity = validity.PathOf(path, route.Scope.NeighborAsn, route.Scope.Role),
        };
    }
}
