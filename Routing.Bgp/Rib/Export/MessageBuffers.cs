using System.Buffers;
using System.Diagnostics;
using Routing.Bgp.Wire;

namespace Routing.Bgp.Rib.Export;

/// <summary>Collects the encoded messages of a round in rented buffers, and remembers which part belongs to which source,
/// so that the source can be left out without encoding anything twice.</summary>
internal sealed class MessageBuffers
{
    private const int LargeBuffer = 64 * 1024;
    private const int SmallBuffer = 2 * MessageHeader.MaxMessageLength;

    private readonly List<EncodedMessages> _closed = [];
    private readonly List<MessageSegment> _segments = [];
    private byte[]? _open;
    private int _length;
    private int _messages;
    private int _segmentStart;
    private int _segmentFirstMessage;
    private PeerIndex? _source;
    private bool _large;

    /// <summary>Starts over.</summary>
    /// <param name="large">Many routes are coming.</param>
    public void Begin(bool large)
    {
        Debug.Assert(_open is null, "the last round was released");
        _segments.Clear();
        _closed.Clear();
        (_source, _large) = (null, large);
    }

    /// <summary>What follows comes from this member, or from nobody in the view.</summary>
    public void SetSource(PeerIndex? source)
    {
        if (source != _source)
        {
            CloseSegment();
            _source = source;
        }
    }

    /// <summary>Room for one message.</summary>
    /// <param name="length">Its greatest length.</param>
    public Span<byte> NextMessage(int length = MessageHeader.MaxMessageLength)
    {
        if (_open is not null && _open.Length - _length < length)
        {
            CloseBuffer();
        }

        _open ??= ArrayPool<byte>.Shared.Rent(Math.Max(_large ? LargeBuffer : SmallBuffer, length));
        return _open.AsSpan(_length, length);
    }

    /// <summary>The message in the room last given is complete.</summary>
    public void Commit(int length)
    {
        _length += length;
        _messages++;
    }

    /// <summary>Ends the collection; read and then released by the caller.</summary>
    public void End() => CloseBuffer();

    /// <summary>Appends what a member is to be sent: everything but its own routes. Whole buffers are shared; parts are
    /// slices that the caller must release, counted in the result.</summary>
    /// <param name="member">The member.</param>
    /// <param name="output">Where to.</param>
    /// <param name="slices">Receives those of <paramref name="output"/> that are slices.</param>
    public void CollectFor(PeerIndex member, List<EncodedMessages> output, List<EncodedMessages> slices)
    {
        for (var buffer = 0; buffer < _closed.Count; buffer++)
        {
            if (!HasSegmentOf(member, buffer))
            {
                output.Add(_closed[buffer]);
                continue;
            }

            foreach (var segment in _segments)
            {
                if (segment.Buffer == buffer && segment.Source != member)
                {
                    var slice = _closed[buffer].Slice(segment.Start, segment.Length, segment.Messages);
                    output.Add(slice);
                    slices.Add(slice);
                }
            }
        }
    }

    /// <summary>Gives up the caller's hold on the buffers.</summary>
    public void Release()
    {
        foreach (var messages in _closed)
        {
            messages.Release();
        }

        _closed.Clear();
    }

    private bool HasSegmentOf(PeerIndex member, int buffer)
    {
        foreach (var segment in _segments)
        {
            if (segment.Buffer == buffer && segment.Source == member)
            {
                return true;
            }
        }

        return false;
    }

    private void CloseSegment()
    {
        if (_length > _segmentStart)
        {
            _segments.Add(new MessageSegment(
                _source, _closed.Count, _segmentStart, _length - _segmentStart, _messages - _segmentFirstMessage));
        }

        (_segmentStart, _segmentFirstMessage) = (_length, _messages);
    }

    private void CloseBuffer()
    {
        CloseSegment();
        if (_open is not null && _length > 0)
        {
            _closed.Add(new EncodedMessages(_open, _length, _messages));
        }
        else if (_open is not null)
        {
            ArrayPool<byte>.Shared.Return(_open);
        }

        _open = null;
        (_length, _messages, _segmentStart, _segmentFirstMessage) = (0, 0, 0, 0);
    }
}
