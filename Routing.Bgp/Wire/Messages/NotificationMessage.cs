using System.Buffers.Binary;
using System.Text;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Wire.Messages;

/// <summary>NOTIFICATION (RFC 4271 §4.5): the last message of a connection.</summary>
/// <param name="Code">Error code; may be one this speaker does not know.</param>
/// <param name="Subcode">Error subcode, a number of the code's own registry.</param>
/// <param name="Data">What helps the receiver's operator; its form depends on code and subcode.</param>
internal sealed record NotificationMessage(NotificationCode Code, byte Subcode, ReadOnlyMemory<byte> Data = default)
{
    /// <summary>Longest text of a shutdown or reset (RFC 9003 §2; before it 128).</summary>
    public const int MaxCommunicationOctets = 255;

    /// <summary>The message that ends a session for an administrative reason (RFC 4486).</summary>
    public static NotificationMessage Cease(CeaseSubcode subcode) => new(NotificationCode.Cease, (byte)subcode);

    /// <summary>The same with the operator's words: a length, then UTF-8 (RFC 9003 §2).</summary>
    /// <param name="subcode">AdministrativeShutdown or AdministrativeReset; no other has a text.</param>
    /// <param name="communication">Cut at <see cref="MaxCommunicationOctets"/>; null or empty says nothing.</param>
    public static NotificationMessage Cease(CeaseSubcode subcode, string? communication)
    {
        if (string.IsNullOrEmpty(communication))
        {
            return Cease(subcode);
        }

        var data = new byte[1 + MaxCommunicationOctets];
        var octets = 0;
        foreach (var rune in communication.EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > MaxCommunicationOctets)
            {
                break; // not in the middle of a character
            }

            octets += rune.EncodeToUtf8(data.AsSpan(1 + octets));
        }

        data[0] = (byte)octets;
        return new NotificationMessage(NotificationCode.Cease, (byte)subcode, data.AsMemory(0, 1 + octets));
    }

    /// <summary>The message that ends a session over its prefix limit: the family and the limit as data (RFC 4486 §4).</summary>
    public static NotificationMessage TooManyPrefixes(AfiSafi family, int maximum)
    {
        var data = new byte[7];
        BinaryPrimitives.WriteUInt16BigEndian(data, family.Afi());
        data[2] = family.Safi();
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(3), maximum);
        return new NotificationMessage(NotificationCode.Cease, (byte)CeaseSubcode.MaximumNumberOfPrefixesReached, data);
    }

    /// <summary>The whole of what ends the session: behind a Hard Reset stands what it was for (RFC 8538 §3).</summary>
    public NotificationMessage Cause => IsHardReset && Data.Length >= 2 ? Decode(Data.Span) : this;

    /// <summary>The receiver is to forget our routes, whatever graceful restart says (RFC 8538 §3).</summary>
    public bool IsHardReset => Code == NotificationCode.Cease && Subcode == (byte)CeaseSubcode.HardReset;

    /// <summary>The same as a Hard Reset (RFC 8538 §3.1).</summary>
    public NotificationMessage ToHardReset() =>
        new(NotificationCode.Cease, (byte)CeaseSubcode.HardReset, (byte[])[(byte)Code, Subcode, .. Data.Span]);

    /// <summary>Reads the body. There is nothing to judge: RFC 4271 §6.4 allows no answer to a bad
    /// NOTIFICATION.</summary>
    /// <param name="body">At least two octets, as <see cref="MessageFramer"/> has checked. Copied.</param>
    public static NotificationMessage Decode(ReadOnlySpan<byte> body) =>
        new((NotificationCode)body[0], body[1], body[2..].ToArray());

    /// <summary>Writes the whole message; data that does not fit is cut.</summary>
    public void Encode(ref WireWriter writer)
    {
        var start = MessageHeader.Begin(ref writer, MessageType.Notification);
        writer.WriteByte((byte)Code);
        writer.WriteByte(Subcode);
        var room = MessageHeader.MaxMessageLength - MessageHeader.Length - 2;
        writer.WriteOctets(Data.Span[..Math.Min(room, Data.Length)]);
        MessageHeader.End(ref writer, start);
    }

    /// <summary>The whole message.</summary>
    public byte[] ToOctets()
    {
        var writer = new WireWriter(new byte[MessageHeader.MaxMessageLength]);
        Encode(ref writer);
        return writer.Written.ToArray();
    }

    /// <summary>The operator's words in a shutdown or reset (RFC 9003 §2); null when there are none.</summary>
    public string? ShutdownCommunication
    {
        get
        {
            var isShutdown = Code == NotificationCode.Cease
                && (CeaseSubcode)Subcode is CeaseSubcode.AdministrativeShutdown or CeaseSubcode.AdministrativeReset;
            var data = Data.Span;
            if (!isShutdown || data.Length < 2 || data[0] == 0 || data[0] > data.Length - 1)
            {
                return null;
            }

            // A peer's text goes to logs and terminals: control characters become dots.
            var text = Encoding.UTF8.GetString(data.Slice(1, data[0]));
            return string.Create(text.Length, text, static (buffer, source) =>
            {
                for (var i = 0; i < buffer.Length; i++)
                {
                    buffer[i] = char.IsControl(source[i]) ? '.' : source[i];
                }
            });
        }
    }

    /// <summary>BFD found the path down (RFC 9384): a failure of the path, nobody's error.</summary>
    public bool IsBfdDown => Cause is { Code: NotificationCode.Cease, Subcode: (byte)CeaseSubcode.BfdDown };

    /// <summary>Code and subcode in words, as an operator reads them.</summary>
    public override string ToString()
    {
        var text = Code switch
        {
            NotificationCode.MessageHeaderError => $"Message Header Error / {(HeaderErrorSubcode)Subcode}",
            NotificationCode.OpenMessageError => $"OPEN Message Error / {(OpenErrorSubcode)Subcode}",
            NotificationCode.UpdateMessageError => $"UPDATE Message Error / {(UpdateErrorSubcode)Subcode}",
            NotificationCode.HoldTimerExpired => "Hold Timer Expired",
            NotificationCode.FiniteStateMachineError => $"FSM Error / {(FsmErrorSubcode)Subcode}",
            NotificationCode.RouteRefreshMessageError => "ROUTE-REFRESH Message Error",
            NotificationCode.Cease => $"Cease / {(CeaseSubcode)Subcode}",
            NotificationCode.SendHoldTimerExpired => "Send Hold Timer Expired",
            _ => $"code {(byte)Code} / subcode {Subcode}",
        };
        if (IsHardReset && Data.Length >= 2)
        {
            return $"{text}: {Cause}";
        }

        return ShutdownCommunication is { } words ? $"{text} (\"{words}\")" : text;
    }

    /// <inheritdoc/>
    public bool Equals(NotificationMessage? other) => other is not null && Code == other.Code
        && Subcode == other.Subcode && Data.Span.SequenceEqual(other.Data.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Code, Subcode, Data.Length);
}
