using System.Buffers.Binary;
using System.Text;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Tests.Agent.Domains;

/// <summary>Messages of DNS, as servers write them.</summary>
internal static class DnsMessages
{
    /// <summary>Asks for the addresses of a name.</summary>
    public static byte[] Query(string name, ushort type = 1) =>
        [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. Name(name), .. U16(type), 0, 1];

    /// <summary>Answers a name with its addresses.</summary>
    public static byte[] Answer(string name, uint ttl, params string[] addresses) =>
        Answer(Query(name), [.. addresses.Select(address => Record(Pointer(12), Address.Parse(address), ttl))]);

    /// <summary>Answers a query with records.</summary>
    public static byte[] Answer(byte[] query, params byte[][] records)
    {
        byte[] answer = [.. query, .. records.SelectMany(record => record)];
        answer[2] |= 0x80;
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(6), (ushort)records.Length);
        return answer;
    }

    /// <summary>A or AAAA.</summary>
    public static byte[] Record(byte[] owner, Address address, uint ttl) => Record(
        owner, (ushort)(address.Family == IpFamily.V4 ? 1 : 28), ttl, address.ToIPAddress().GetAddressBytes());

    /// <summary>CNAME.</summary>
    public static byte[] Alias(string owner, string target, uint ttl) => Record(Name(owner), 5, ttl, Name(target));

    public static byte[] Record(byte[] owner, ushort type, uint ttl, byte[] data) =>
        [.. owner, .. U16(type), 0, 1, .. U16((ushort)(ttl >> 16)), .. U16((ushort)ttl), .. U16((ushort)data.Length), .. data];

    /// <summary>A name without compression.</summary>
    public static byte[] Name(string name) =>
        [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    /// <summary>What stands for a name that was written before.</summary>
    public static byte[] Pointer(int offset) => U16((ushort)(0xc000 | offset));

    private static byte[] U16(ushort value) => [(byte)(value >> 8), (byte)value];
}
