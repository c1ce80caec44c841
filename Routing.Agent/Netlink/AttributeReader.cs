using System.Runtime.InteropServices;

namespace Routing.Agent.Netlink;

/// <summary>Cursor over attributes, at the top of a message or nested in another attribute. A length that lies ends the
/// reading, so one attribute never reads its neighbour's octets; nothing throws.</summary>
internal ref struct AttributeReader(ReadOnlySpan<byte> octets)
{
    private const ushort TypeMask = 0x3fff; // NLA_TYPE_MASK: without NLA_F_NESTED and NLA_F_NET_BYTEORDER

    private ReadOnlySpan<byte> _rest = octets;

    /// <summary>Takes the next attribute.</summary>
    public bool TryRead(out NetlinkAttribute attribute)
    {
        attribute = default;
        if (_rest.Length < 4)
        {
            return false;
        }

        var length = MemoryMarshal.Read<ushort>(_rest);
        if (length < 4 || length > _rest.Length)
        {
            return false;
        }

        var type = (ushort)(MemoryMarshal.Read<ushort>(_rest[2..]) & TypeMask);
        attribute = new NetlinkAttribute(type, _rest[4..length]);
        _rest = _rest[Math.Min(_rest.Length, (length + 3) & ~3)..];
        return true;
    }
}
