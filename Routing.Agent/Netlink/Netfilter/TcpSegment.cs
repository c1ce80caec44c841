namespace Routing.Agent.Netlink.Netfilter;

/// <summary>A segment of TCP (RFC 9293 §3.1), as it stands in a packet.</summary>
internal readonly ref struct TcpSegment
{
    /// <summary>Whose it is, and for whom.</summary>
    public required PacketHeader Header { get; init; }

    /// <summary>Number of the first octet of <see cref="Data"/>: SYN has one for itself.</summary>
    public required uint Sequence { get; init; }

    /// <summary>The first of its direction, from who was called (SYN and ACK).</summary>
    public required bool IsAnswerToCall { get; init; }

    /// <summary>Nothing follows it (FIN, RST).</summary>
    public required bool IsLast { get; init; }

    /// <summary>As much as the copy of the packet has. Borrowed.</summary>
    public required ReadOnlySpan<byte> Data { get; init; }
}
