using System.Buffers.Binary;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.RoutePolicy.Compile;

/// <summary>What conditions look at, found in one walk over canonical attributes. Borrowed: valid as long as those are.</summary>
internal ref struct RouteView
{
    /// <summary>LOCAL_PREF of a route without it: what the decision process assumes too.</summary>
    public const uint DefaultLocalPref = 100;

    /// <summary>What is not in the attributes.</summary>
    public RouteScope Scope;

    /// <summary>Origin validation, asked only when a condition wants it.</summary>
    public OriginValidity OriginValidity;

    /// <summary>Path verification, likewise.</summary>
    public PathValidity PathValidity;

    public ReadOnlySpan<byte> AsPath;

    public ReadOnlySpan<byte> NextHop;

    public ReadOnlySpan<byte> Communities;

    public ReadOnlySpan<byte> ExtendedCommunities;

    public ReadOnlySpan<byte> LargeCommunities;

    public LocalAttribute Local;

    public uint Med;

    public uint LocalPref;

    public byte Origin;

    /// <summary>Reads attributes in the place of those before.</summary>
    public void Read(ReadOnlySpan<byte> canonical)
    {
        AsPath = NextHop = Communities = ExtendedCommunities = LargeCommunities = default;
        (Local, Med, LocalPref, Origin) = (default, 0, DefaultLocalPref, 0);
        var cursor = new AttributeCursor(canonical);
        while (cursor.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case LocalAttribute.Type:
                    Local = LocalAttribute.Decode(attribute.Value);
                    break;
                case AttributeType.Origin:
                    Origin = attribute.Value[0];
                    break;
                case AttributeType.AsPath:
                    AsPath = attribute.Value;
                    break;
                case AttributeType.NextHop:
                    NextHop = attribute.Value;
                    break;
                case AttributeType.MultiExitDisc:
                    Med = BinaryPrimitives.ReadUInt32BigEndian(attribute.Value);
                    break;
                case AttributeType.LocalPref:
                    LocalPref = BinaryPrimitives.ReadUInt32BigEndian(attribute.Value);
                    break;
                case AttributeType.Communities:
                    Communities = attribute.Value;
                    break;
                case AttributeType.ExtendedCommunities:
                    ExtendedCommunities = attribute.Value;
                    break;
                case AttributeType.LargeCommunities:
                    LargeCommunities = attribute.Value;
                    break;
            }
        }
    }
}
