using System.Collections.Immutable;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Session;

/// <summary>Counts the messages of one direction by type, and the NOTIFICATIONs by code. Written by one task, read by
/// anyone.</summary>
internal sealed class MessageTally
{
    private static readonly NotificationCode[] Codes = Enum.GetValues<NotificationCode>();

    // By the number on the wire; 0 takes what has no name here.
    private readonly long[] _types = new long[(int)MessageType.RouteRefresh + 1];
    private readonly long[] _codes = new long[(int)Codes.Max() + 1];

    /// <summary>The counts by type.</summary>
    public MessageCounts Counts => new(
        Read(MessageType.Open),
        Read(MessageType.Update),
        Read(MessageType.Notification),
        Read(MessageType.Keepalive),
        Read(MessageType.RouteRefresh));

    /// <summary>The codes that occurred.</summary>
    public ImmutableArray<NotificationCount> Notifications =>
    [
        .. Codes.Select(code => new NotificationCount(code.ToString(), Interlocked.Read(ref _codes[(int)code])))
            .Append(new NotificationCount("Other", Interlocked.Read(ref _codes[0])))
            .Where(each => each.Count > 0),
    ];

    /// <summary>Counts messages of one type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="body">The first one's body, whose first octet is a NOTIFICATION's code.</param>
    /// <param name="count">How many.</param>
    public void Add(MessageType type, ReadOnlySpan<byte> body, int count = 1)
    {
        Interlocked.Add(ref _types[(int)type < _types.Length ? (int)type : 0], count);
        if (type == MessageType.Notification && !body.IsEmpty)
        {
            Interlocked.Increment(ref _codes[body[0] < _codes.Length ? body[0] : 0]);
        }
    }

    /// <summary>Counts encoded messages, which are all of the first one's type: the RIB encodes UPDATEs, and a session's
    /// own messages come one by one.</summary>
    public void Add(ReadOnlySpan<byte> messages, int count) =>
        Add((MessageType)messages[MessageHeader.Length - 1], messages[MessageHeader.Length..], count);

    private long Read(MessageType type) => Interlocked.Read(ref _types[(int)type]);
}
