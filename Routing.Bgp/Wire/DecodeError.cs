using System.Buffers.Binary;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Wire;

/// <summary>Why a peer's octets cannot stand, with the NOTIFICATION that RFC 4271 §6 asks for. The one place where
/// errors become codes, subcodes and data.</summary>
/// <param name="Notification">What the peer is told.</param>
/// <param name="Reason">What our operator is told: a clause for a log line.</param>
internal sealed record DecodeError(NotificationMessage Notification, string Reason)
{
    /// <summary>RFC 4271 §6.1: the marker is not all ones.</summary>
    public static DecodeError ConnectionNotSynchronized() =>
        Header(HeaderErrorSubcode.ConnectionNotSynchronized, [], "the marker is not all ones");

    /// <summary>RFC 4271 §6.1: the data is the Length field.</summary>
    public static DecodeError BadMessageLength(MessageType type, ushort length) => Header(
        HeaderErrorSubcode.BadMessageLength, UInt16(length), $"a message of type {type} cannot have {length} octets");

    /// <summary>RFC 4271 §6.1: the data is the Type field.</summary>
    public static DecodeError BadMessageType(byte type) =>
        Header(HeaderErrorSubcode.BadMessageType, [type], $"message type {type} is unknown");

    /// <summary>RFC 4271 §6.2: a malformed OPEN for which no subcode exists.</summary>
    public static DecodeError MalformedOpen(string reason) => Open(OpenErrorSubcode.Unspecific, [], reason);

    /// <summary>RFC 4271 §6.2: the data is the largest version we support.</summary>
    public static DecodeError UnsupportedVersion(byte version) => Open(
        OpenErrorSubcode.UnsupportedVersionNumber,
        UInt16(OpenMessage.SupportedVersion),
        $"BGP version {version} is not 4");

    /// <summary>RFC 4271 §6.2.</summary>
    public static DecodeError BadPeerAs(uint asn, uint expected) =>
        Open(OpenErrorSubcode.BadPeerAs, [], $"the peer says it is AS {asn}, configured is AS {expected}");

    /// <summary>RFC 9234 §4.2.</summary>
    public static DecodeError RoleMismatch(string reason) => Open(OpenErrorSubcode.RoleMismatch, [], reason);

    /// <summary>RFC 6286 §2.2.</summary>
    public static DecodeError BadBgpIdentifier(string reason) => Open(OpenErrorSubcode.BadBgpIdentifier, [], reason);

    /// <summary>RFC 4271 §6.2: an optional parameter that is not Capabilities.</summary>
    public static DecodeError UnsupportedOptionalParameter(byte type) => Open(
        OpenErrorSubcode.UnsupportedOptionalParameter, [], $"optional parameter {type} is unknown");

    /// <summary>RFC 4271 §6.2.</summary>
    public static DecodeError UnacceptableHoldTime(ushort seconds) => Open(
        OpenErrorSubcode.UnacceptableHoldTime, [], $"hold time {seconds} s is neither 0 nor at least 3 s");

    /// <summary>RFC 5492 §5: the data is the capability that the peer should have had.</summary>
    public static DecodeError UnsupportedCapability(byte[] missing, string reason) =>
        Open(OpenErrorSubcode.UnsupportedCapability, missing, reason);

    /// <summary>RFC 4271 §6.3, for an error in a path attribute: the data is the attribute where one is at
    /// fault.</summary>
    public static DecodeError Update(UpdateErrorSubcode subcode, ReadOnlySpan<byte> data, string reason) =>
        new(new NotificationMessage(NotificationCode.UpdateMessageError, (byte)subcode, data.ToArray()), reason);

    /// <summary>RFC 7313 §5: subcode Invalid Message Length, the data is the whole message.</summary>
    public static DecodeError BadRouteRefreshLength(ReadOnlySpan<byte> body)
    {
        var message = new byte[MessageHeader.Length + body.Length];
        var writer = new WireWriter(message);
        var start = MessageHeader.Begin(ref writer, MessageType.RouteRefresh);
        writer.WriteOctets(body);
        MessageHeader.End(ref writer, start);
        return new DecodeError(
            new NotificationMessage(NotificationCode.RouteRefreshMessageError, 1, message),
            $"a mark of a refresh cannot have {message.Length} octets");
    }

    private static DecodeError Header(HeaderErrorSubcode subcode, byte[] data, string reason) =>
        new(new NotificationMessage(NotificationCode.MessageHeaderError, (byte)subcode, data), reason);

    private static DecodeError Open(OpenErrorSubcode subcode, byte[] data, string reason) =>
        new(new NotificationMessage(NotificationCode.OpenMessageError, (byte)subcode, data), reason);

    private static byte[] UInt16(ushort value)
    {
        var octets = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(octets, value);
        return octets;
    }
}
