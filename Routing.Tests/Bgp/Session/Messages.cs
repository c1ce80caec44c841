using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Bgp.Session;

/// <summary>UPDATEs for tests: AS 65001 announces with next hop 10.0.0.2.</summary>
internal static class Messages
{
    public static byte[] Announce(params string[] prefixes)
    {
        var writer = new WireWriter(new byte[MessageHeader.MaxMessageLength]);
        var start = UpdateWriter.Begin(ref writer);
        var attributes = UpdateWriter.BeginAttributes(ref writer, start);
        AttributeWriter.Write(ref writer, AttributeFlags.Transitive, AttributeType.Origin, [0]);
        AttributeWriter.Write(ref writer, AttributeFlags.Transitive, AttributeType.AsPath, [2, 1, 0, 0, 0xFD, 0xE9]);
        AttributeWriter.Write(ref writer, AttributeFlags.Transitive, AttributeType.NextHop, [10, 0, 0, 2]);
        UpdateWriter.EndAttributes(ref writer, attributes);
        WritePrefixes(ref writer, prefixes);
        UpdateWriter.End(ref writer, start);
        return writer.Written.ToArray();
    }

    public static byte[] Withdraw(params string[] prefixes)
    {
        var writer = new WireWriter(new byte[MessageHeader.MaxMessageLength]);
        var start = UpdateWriter.Begin(ref writer);
        WritePrefixes(ref writer, prefixes);
        UpdateWriter.EndAttributes(ref writer, UpdateWriter.BeginAttributes(ref writer, start));
        UpdateWriter.End(ref writer, start);
        return writer.Written.ToArray();
    }

    public static byte[] EndOfRib(AfiSafi family)
    {
        var writer = new WireWriter(new byte[64]);
        UpdateWriter.WriteEndOfRib(ref writer, family);
        return writer.Written.ToArray();
    }

    private static void WritePrefixes(ref WireWriter writer, string[] prefixes)
    {
        foreach (var text in prefixes)
        {
            Assert.That(Prefix.TryParse(text, out var prefix), Is.True);
            NlriCodec.Write(ref writer, prefix);
        }
    }
}
