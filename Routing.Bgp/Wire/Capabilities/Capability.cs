using System.Diagnostics.CodeAnalysis;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Capabilities;

/// <summary>One capability of an OPEN (RFC 5492 §4). A type per capability; those this speaker does not know are kept
/// as octets, for logs and status.</summary>
/// <param name="Code">The capability's number.</param>
internal abstract record Capability(CapabilityCode Code)
{
    /// <summary>Reads the next capability of an optional parameter.</summary>
    /// <returns>False when its length runs past the parameter, or is wrong for a capability this speaker knows. RFC
    /// 5492 §5 names no subcode for either: OPEN Message Error, Unspecific.</returns>
    public static bool TryDecode(
        ref WireReader reader,
        [NotNullWhen(true)] out Capability? capability,
        [NotNullWhen(false)] out DecodeError? error)
    {
        capability = null;
        error = null;
        if (!reader.TryReadByte(out var code) || !reader.TryReadByte(out var length)
            || !reader.TryReadSection(length, out var value))
        {
            error = DecodeError.MalformedOpen("a capability runs past its optional parameter");
            return false;
        }

        capability = (CapabilityCode)code switch
        {
            CapabilityCode.Multiprotocol => MultiprotocolCapability.Decode(value),
            CapabilityCode.RouteRefresh => RouteRefreshCapability.Decode(value),
            CapabilityCode.ExtendedNextHop => ExtendedNextHopCapability.Decode(value),
            CapabilityCode.ExtendedMessage => ExtendedMessageCapability.Decode(value),
            CapabilityCode.OutboundFilter => OutboundFilterCapability.Decode(value),
            CapabilityCode.EnhancedRouteRefresh => EnhancedRouteRefreshCapability.Decode(value),
            CapabilityCode.GracefulRestart => GracefulRestartCapability.Decode(value),
            CapabilityCode.Role => RoleCapability.Decode(value),
            CapabilityCode.FourOctetAsn => FourOctetAsnCapability.Decode(value),
            CapabilityCode.AddPath => AddPathCapability.Decode(value),
            CapabilityCode.LongLivedRestart => LongLivedRestartCapability.Decode(value),
            _ => new UnknownCapability((CapabilityCode)code, value.Rest.ToArray()),
        };
        if (capability is null)
        {
            error = DecodeError.MalformedOpen($"capability {(CapabilityCode)code} cannot have {length} octets");
        }

        return capability is not null;
    }

    /// <summary>Writes code, length and value.</summary>
    public void Encode(ref WireWriter writer)
    {
        writer.WriteByte((byte)Code);
        var length = writer.ReserveByte();
        EncodeValue(ref writer);
        writer.PatchLengthByte(length);
    }

    /// <summary>Writes the value alone.</summary>
    protected abstract void EncodeValue(ref WireWriter writer);
}
