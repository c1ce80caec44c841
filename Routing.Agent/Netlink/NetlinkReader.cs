using System.Runtime.InteropServices;

namespace Routing.Agent.Netlink;

/// <summary>Cursor over the messages of one received datagram. A length that lies ends the reading; nothing
/// throws.</summary>
internal ref struct NetlinkReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    /// <summary>Takes the next message.</summary>
    /// <returns>False at the end, and at a message whose length does not fit the datagram.</returns>
    public bool TryRead(out NetlinkMessage message)
    {
        message = default;
        if (_rest.Length < NetlinkWriter.HeaderLength)
        {
            return false;
        }

        var length = MemoryMarshal.Read<uint>(_rest);
        if (length < NetlinkWriter.HeaderLength || length > (uint)_rest.Length)
        {
            return false;
        }

        message = new NetlinkMessage(_rest[..(int)length]);
        _rest = _rest[Math.Min(_rest.Length, ((int)length + 3) & ~3)..];
        return true;
    }
}
