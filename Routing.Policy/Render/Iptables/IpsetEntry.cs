using System.Globalization;
using System.Net;
using System.Text;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Render.Iptables;

/// <summary>One element of an ipset. Only the fields of the set's type count; the others stay default.</summary>
/// <param name="Address">First address of the block; IPv4 in the low 32 bits.</param>
/// <param name="Length">Length of the block's prefix; the family's full width for a single address.</param>
/// <param name="Protocol">IANA protocol number.</param>
/// <param name="Port">Port; for ICMP type and code as one number.</param>
/// <param name="Interface">Interface name.</param>
public readonly record struct IpsetEntry(
    UInt128 Address = default, byte Length = 0, byte Protocol = 0, ushort Port = 0, string? Interface = null)
{
    private const byte Icmp = 1, IcmpV6 = 58;

    /// <summary>Width of a family's addresses, in bits.</summary>
    public static byte Width(IpFamily family) => family == IpFamily.V4 ? (byte)32 : (byte)128;

    /// <summary>Writes it as `ipset add` takes it, in the order of the type's fields.</summary>
    public void Write(StringBuilder text, IpsetDefinition set)
    {
        if (set.Type == IpsetDefinition.PortBitmap)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Port}");
            return;
        }

        text.Append(new Address(set.Family!.Value, Address));
        if (Length != Width(set.Family.Value))
        {
            text.Append(CultureInfo.InvariantCulture, $"/{Length}");
        }

        if (set.Type.EndsWith(",port", StringComparison.Ordinal))
        {
            // By its number: ipset reads /etc/protocols anew for each name, which takes three times as long as the rest.
            text.Append(CultureInfo.InvariantCulture, $",{Protocol}:");
            text.Append(Protocol is Icmp or IcmpV6 ? $"{Port >> 8}/{Port & 0xff}" : $"{Port}");
        }
        else if (set.Type.EndsWith(",iface", StringComparison.Ordinal))
        {
            text.Append($",{Interface}");
        }
    }

    /// <summary>Reads what `ipset save` prints.</summary>
    /// <returns>False for what no agent of ours has written: such an element can only be taken out as the text that it
    /// is.</returns>
    public static bool TryParse(string text, IpsetDefinition set, out IpsetEntry entry)
    {
        entry = default;
        if (set.Type == IpsetDefinition.PortBitmap)
        {
            var isPort = ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            entry = new IpsetEntry(Port: number);
            return isPort;
        }

        var fields = text.Split(',');
        var block = fields[0].Split('/');
        var width = Width(set.Family!.Value);
        var length = width;
        if (!IPAddress.TryParse(block[0], out var address)
            || (block.Length == 2 && !byte.TryParse(block[1], NumberStyles.None, CultureInfo.InvariantCulture, out length)))
        {
            return false;
        }

        Span<byte> octets = stackalloc byte[16];
        octets.Clear();
        address.TryWriteBytes(width == 32 ? octets[12..] : octets, out _);
        entry = new IpsetEntry(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(octets), length);
        if (set.Type.EndsWith(",iface", StringComparison.Ordinal))
        {
            entry = entry with { Interface = fields[^1] };
            return fields.Length == 2;
        }

        if (!set.Type.EndsWith(",port", StringComparison.Ordinal))
        {
            return fields.Length == 1;
        }

        var service = fields[^1].Split(':');
        if (fields.Length != 2 || service.Length != 2 || !ProtocolNames.TryParse(service[0], out var protocol)
            || !TryParsePort(protocol, service[1], out var port))
        {
            return false;
        }

        entry = entry with { Protocol = protocol, Port = port };
        return true;
    }

    private static bool TryParsePort(byte protocol, string text, out ushort port)
    {
        if (protocol is not (Icmp or IcmpV6))
        {
            return ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);
        }

        return IcmpNames.TryParse(protocol == IcmpV6, text, out port);
    }
}
