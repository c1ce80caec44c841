using Routing.Bgp.Rib.Tables;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Rib;

/// <summary>The attributes of routes we originate: ORIGIN IGP and an empty AS_PATH. Without a NEXT_HOP: each group of peers
/// is told its own (<see cref="Export.ExportRules.SetsNextHop"/>).</summary>
internal sealed class LocalRoutes
{
    public LocalRoutes(AttributeTable table)
    {
        var writer = new WireWriter(stackalloc byte[16]);
        AttributeWriter.Write(ref writer, AttributeFlags.Transitive, AttributeType.Origin, [0]);
        AttributeWriter.Write(ref writer, AttributeFlags.Transitive, AttributeType.AsPath, []);
        Attributes = table.Intern(writer.Written, OctetHash.Compute(writer.Written));
    }

    /// <summary>Their index; held for as long as the RIB lives.</summary>
    public int Attributes { get; }
}
