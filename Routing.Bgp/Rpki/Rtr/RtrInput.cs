namespace Routing.Bgp.Rpki.Rtr;

/// <summary>What a cache sends, cut into PDUs. Its buffer is the only memory that octets of a cache take before they are
/// payloads.</summary>
internal sealed class RtrInput(Stream stream)
{
    private readonly byte[] _buffer = new byte[RtrPdu.MaxLength];
    private int _start;
    private int _end;
    private Task<int>? _read;

    /// <summary>Waits for more octets.</summary>
    /// <returns>How many came, 0 at the end of the stream; null when the time was over first.</returns>
    public async Task<int?> ReadAsync(TimeSpan longest, TimeProvider time, CancellationToken cancellationToken)
    {
        if (_read is null)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);

            // There is room: the buffer holds the longest PDU, and whole ones have been taken.
            _read = stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).AsTask();
        }

        try
        {
            var count = await _read.WaitAsync(longest, time, cancellationToken);
            _read = null;
            _end += count;
            return count;
        }
        catch (TimeoutException)
        {
            return null; // the read goes on
        }
    }

    /// <summary>Gives a session the next PDU.</summary>
    /// <returns>False when no whole one is left.</returns>
    public bool TryFeed(RtrSession session, out RtrStep step)
    {
        if (RtrPdu.TryDecode(_buffer.AsSpan(_start, _end - _start), out var pdu, out var error))
        {
            _start += pdu.Octets.Length;
            step = session.Receive(pdu);
            return true;
        }

        step = error is { } code ? session.Refuse(pdu, code) : default;
        return error is not null;
    }
}
