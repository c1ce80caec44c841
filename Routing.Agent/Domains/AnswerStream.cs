using System.Buffers.Binary;
using System.Numerics;

namespace Routing.Agent.Domains;

/// <summary>What a server sends by one TCP connection: segments in any order, put together and cut into messages of DNS, each behind
/// its length (RFC 1035 §4.2.2).</summary>
/// <remarks>
/// <code>
///            _start: a message begins here
///   ─────────┬──────────────┬─────────┬────────────┬──────── sequence numbers
///    read    │ piece        │ missing │ piece      │
///            └──────────── _octets ────────────────┘
/// </code>
/// It begins at the server's first number and nowhere else: who guessed where a message begins would take for one what somebody has
/// written into another. Bounded by <see cref="Window"/>, which any message fits into, and <see cref="MostPieces"/>. Not thread-safe.
/// </remarks>
/// <param name="first">Number of the first octet that the server sends.</param>
internal sealed class AnswerStream(uint first)
{
    /// <summary>Octets from the beginning of a message on.</summary>
    public const int Window = 128 * 1024;

    /// <summary>Apart from each other: that many segments are lost on no way that answers come by.</summary>
    private const int MostPieces = 32;

    private const int LengthOctets = sizeof(ushort), LeastBuffer = 512;

    private readonly List<(int From, int To)> _pieces = []; // of _octets, in order, none touches another
    private uint _start = first;
    private byte[] _octets = [];

    /// <summary>Number of the first octet that the server sends.</summary>
    public uint First { get; } = first;

    /// <summary>Number of the first octet that is missing.</summary>
    public uint Next => _start + (_pieces is [{ From: 0, To: var end }, ..] ? (uint)end : 0);

    /// <summary>What it takes of our memory.</summary>
    public int Octets => _octets.Length;

    /// <summary>Takes a segment's data.</summary>
    /// <param name="sequence">Number of its first octet.</param>
    /// <param name="data">Copied.</param>
    /// <param name="messages">Takes the messages that are complete now.</param>
    /// <returns>False when this cannot be followed any longer: too much of it, or different data at one place.</returns>
    public bool TryTake(uint sequence, ReadOnlySpan<byte> data, List<byte[]> messages)
    {
        var offset = (int)(sequence - _start); // numbers come round
        if (offset < 0)
        {
            data = data[(int)Math.Min(-(long)offset, data.Length)..]; // what was read first counts
            offset = 0;
        }

        if (data.IsEmpty)
        {
            return true;
        }

        if (offset > Window - data.Length || !IsSameAsBefore(offset, data))
        {
            return false;
        }

        Put(offset, data);
        Cut(messages);
        return _pieces.Count <= MostPieces;
    }

    private bool IsSameAsBefore(int offset, ReadOnlySpan<byte> data)
    {
        foreach (var piece in _pieces)
        {
            var (from, to) = (Math.Max(piece.From, offset), Math.Min(piece.To, offset + data.Length));
            if (from < to && !data[(from - offset)..(to - offset)].SequenceEqual(_octets.AsSpan(from, to - from)))
            {
                return false;
            }
        }

        return true;
    }

    private void Put(int offset, ReadOnlySpan<byte> data)
    {
        var (from, to) = (offset, offset + data.Length);
        if (to > _octets.Length)
        {
            Array.Resize(ref _octets, (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(to, LeastBuffer)));
        }

        data.CopyTo(_octets.AsSpan(offset));
        var first = _pieces.FindIndex(piece => piece.To >= from);
        first = first < 0 ? _pieces.Count : first;
        var end = first;
        for (; end < _pieces.Count && _pieces[end].From <= to; end++)
        {
            (from, to) = (Math.Min(from, _pieces[end].From), Math.Max(to, _pieces[end].To));
        }

        _pieces.RemoveRange(first, end - first);
        _pieces.Insert(first, (from, to));
    }

    private void Cut(List<byte[]> messages)
    {
        if (_pieces[0].From > 0)
        {
            return;
        }

        var (at, end) = (0, _pieces[0].To);
        while (end - at >= LengthOctets)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(_octets.AsSpan(at));
            if (end - at - LengthOctets < length)
            {
                break;
            }

            if (length > 0)
            {
                messages.Add(_octets.AsSpan(at + LengthOctets, length).ToArray());
            }

            at += LengthOctets + length;
        }

        Forget(at);
    }

    /// <summary>Begins at a later place.</summary>
    private void Forget(int octets)
    {
        if (octets == 0)
        {
            return;
        }

        _start += (uint)octets;
        var last = _pieces[^1].To;
        _octets = last == octets ? [] : _octets[octets..last];
        for (var i = _pieces.Count - 1; i >= 0; i--)
        {
            var piece = (From: Math.Max(_pieces[i].From - octets, 0), To: _pieces[i].To - octets);
            if (piece.To == 0)
            {
                _pieces.RemoveAt(i);
            }
            else
            {
                _pieces[i] = piece;
            }
        }
    }
}
