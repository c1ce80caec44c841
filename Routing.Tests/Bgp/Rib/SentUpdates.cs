using System.Buffers.Binary;
using System.Collections.Immutable;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Tests.Bgp.Rib;

/// <summary>Reads back UPDATEs that an update group has encoded, with nothing of the code that wrote them.</summary>
internal static class SentUpdates
{
    /// <summary>Applies whole messages to a receiver.</summary>
    /// <param name="octets">Messages one after the other.</param>
    /// <param name="asnOctets">Width of AS numbers.</param>
    /// <param name="hasPathIds">A path identifier stands before each prefix.</param>
    /// <param name="announce">A prefix with its attributes.</param>
    /// <param name="withdraw">A withdrawn prefix.</param>
    /// <param name="endOfRib">End-of-RIB.</param>
    /// <param name="marks">Marks of a refresh.</param>
    /// <returns>Messages.</returns>
    public static int Read(
        ReadOnlySpan<byte> octets,
        int asnOctets,
        bool hasPathIds,
        Action<Prefix, uint, RouteModel> announce,
        Action<Prefix, uint> withdraw,
        Action<AfiSafi> endOfRib,
        Action<RouteRefreshMessage>? marks = null)
    {
        var messages = 0;
        for (; !octets.IsEmpty; messages++)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(octets[16..]);
            Assert.That(length, Is.InRange(octets[18] == (byte)MessageType.Update ? 23 : 19, 65535));
            if (octets[18] == (byte)MessageType.RouteRefresh && marks is not null)
            {
                Assert.That(RouteRefreshMessage.TryDecode(octets[19..length], out var mark, out _));
                marks(mark!);
                octets = octets[length..];
                continue;
            }

            Assert.That(octets[18], Is.EqualTo((byte)MessageType.Update));
            ReadOne(octets[19..length], asnOctets, hasPathIds, announce, withdraw, endOfRib);
            octets = octets[length..];
        }

        return messages;
    }

    private static void ReadOne(
        ReadOnlySpan<byte> body,
        int asnOctets,
        bool hasPathIds,
        Action<Prefix, uint, RouteModel> announce,
        Action<Prefix, uint> withdraw,
        Action<AfiSafi> endOfRib)
    {
        int withdrawnLength = BinaryPrimitives.ReadUInt16BigEndian(body);
        var withdrawn = body.Slice(2, withdrawnLength);
        var rest = body[(2 + withdrawnLength)..];
        int attributesLength = BinaryPrimitives.ReadUInt16BigEndian(rest);
        var attributes = rest.Slice(2, attributesLength);
        var nlri = rest[(2 + attributesLength)..];
        if (withdrawn.IsEmpty && attributes.IsEmpty && nlri.IsEmpty)
        {
            endOfRib(AfiSafi.IPv4Unicast);
            return;
        }

        ForEach(AfiSafi.IPv4Unicast, withdrawn, hasPathIds, withdraw);
        ReadOnlySpan<byte> reached = default;
        var reachedFamily = AfiSafi.IPv6Unicast;
        var model = ReadAttributes(
            attributes, asnOctets, hasPathIds, withdraw, endOfRib, ref reached, ref reachedFamily);
        ForEach(AfiSafi.IPv4Unicast, nlri, hasPathIds, (prefix, pathId) => announce(prefix, pathId, model));
        ForEach(reachedFamily, reached, hasPathIds, (prefix, pathId) => announce(prefix, pathId, model));
    }

    private static RouteModel ReadAttributes(
        ReadOnlySpan<byte> attributes,
        int asnOctets,
        bool hasPathIds,
        Action<Prefix, uint> withdraw,
        Action<AfiSafi> endOfRib,
        ref ReadOnlySpan<byte> reached,
        ref AfiSafi reachedFamily)
    {
        var model = new RouteModel();
        var last = -1;
        var cursor = new AttributeCursor(attributes);
        while (cursor.TryRead(out var attribute))
        {
            var isMp = attribute.Type is AttributeType.MpReachNlri or AttributeType.MpUnreachNlri;
            Assert.That((int)attribute.Type, Is.GreaterThan(last), "attributes stand in ascending order");
            last = isMp ? last : (int)attribute.Type;
            var value = attribute.Value;
            switch (attribute.Type)
            {
                case AttributeType.MpReachNlri:
                    reachedFamily = AfiSafis.Create(value[1], value[2]); // IPv4 too: RFC 8950 §3
                    Assert.That(value[..4].ToArray(), Is.EqualTo(new byte[] { 0, value[1], 1, 16 }));
                    model = model with { NextHop = BinaryPrimitives.ReadUInt128BigEndian(value[4..]) };
                    reached = value[21..];
                    break;
                case AttributeType.MpUnreachNlri:
                    ForEach(AfiSafi.IPv6Unicast, value[3..], hasPathIds, withdraw);
                    if (value.Length == 3)
                    {
                        endOfRib(AfiSafi.IPv6Unicast);
                    }

                    break;
                case AttributeType.Origin:
                    model = model with { Origin = value[0] };
                    break;
                case AttributeType.AsPath:
                    model = model with { AsPath = ReadAsPath(value, asnOctets) };
                    break;
                case AttributeType.NextHop:
                    model = model with { NextHop = BinaryPrimitives.ReadUInt32BigEndian(value) };
                    break;
                case AttributeType.MultiExitDisc:
                    model = model with { Med = BinaryPrimitives.ReadUInt32BigEndian(value) };
                    break;
                case AttributeType.LocalPref:
                    model = model with { LocalPref = BinaryPrimitives.ReadUInt32BigEndian(value) };
                    break;
                case AttributeType.Communities:
                    model = model with { Communities = ReadNumbers(value) };
                    break;
                case AttributeType.OriginatorId:
                    model = model with { Originator = BinaryPrimitives.ReadUInt32BigEndian(value) };
                    break;
                case AttributeType.ClusterList:
                    model = model with { Clusters = ReadNumbers(value) };
                    break;
                default:
                    Assert.Fail($"unexpected attribute {attribute.Type}");
                    break;
            }
        }

        Assert.That(cursor.Rest.IsEmpty, "the attributes end where their length says");
        return model;
    }

    private static ImmutableArray<uint> ReadAsPath(ReadOnlySpan<byte> value, int asnOctets)
    {
        var path = ImmutableArray.CreateBuilder<uint>();
        var cursor = new AsPathCursor(value, asnOctets);
        while (cursor.TryRead(out var segment))
        {
            for (var i = 0; i < segment.Count; i++)
            {
                path.Add(segment[i]);
            }
        }

        return path.ToImmutable();
    }

    private static ImmutableArray<uint> ReadNumbers(ReadOnlySpan<byte> value)
    {
        var numbers = ImmutableArray.CreateBuilder<uint>();
        for (; !value.IsEmpty; value = value[4..])
        {
            numbers.Add(BinaryPrimitives.ReadUInt32BigEndian(value));
        }

        return numbers.ToImmutable();
    }

    private static void ForEach(
        AfiSafi family, ReadOnlySpan<byte> nlri, bool hasPathIds, Action<Prefix, uint> action)
    {
        var cursor = new NlriCursor(family, nlri, hasPathIds);
        while (cursor.TryRead(out var prefix, out var pathId))
        {
            action(prefix, pathId);
        }

        Assert.That(cursor.Rest.IsEmpty, "the NLRI are whole");
    }
}
