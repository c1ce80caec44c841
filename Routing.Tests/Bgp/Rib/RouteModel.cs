using System.Buffers.Binary;
using System.Collections.Immutable;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;

namespace Routing.Tests.Bgp.Rib;

/// <summary>A route's attributes as plain values: what the tests feed in, expect, and decode from what was sent.</summary>
internal sealed record RouteModel
{
    public byte Origin { get; init; }

    public ImmutableArray<uint> AsPath { get; init; } = [];

    public UInt128 NextHop { get; init; }

    public uint? Med { get; init; }

    public uint? LocalPref { get; init; }

    public uint? Originator { get; init; }

    public ImmutableArray<uint> Clusters { get; init; } = [];

    public ulong? Aigp { get; init; }

    public ImmutableArray<uint> Communities { get; init; } = [];

    /// <summary>Link bandwidth in octets per second; only fed in.</summary>
    public float? Bandwidth { get; init; }

    public bool Equals(RouteModel? other) => other?.ToString() == ToString();

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    public override string ToString() =>
        $"origin {Origin}, path [{string.Join(' ', AsPath)}], next hop {NextHop:x}, med {Med}, local-pref {LocalPref}, "
        + $"originator {Originator:x}, clusters [{string.Join(' ', Clusters)}], communities [{string.Join(' ', Communities)}]";

    /// <summary>Canonical attributes, as a session hands them to the RIB.</summary>
    public byte[] ToCanonical(AfiSafi family)
    {
        var writer = new WireWriter(new byte[4096 + (4 * Communities.Length)]);
        AttributeWriter.Write(ref writer, AttributeFlags.Transitive, AttributeType.Origin, [Origin]);
        var path = new byte[AsPath.IsEmpty ? 0 : 2 + (4 * AsPath.Length)];
        if (!AsPath.IsEmpty)
        {
            path[0] = (byte)AsPathSegmentType.Sequence;
            path[1] = (byte)AsPath.Length;
            WriteValues(AsPath, path.AsSpan(2));
        }

        AttributeWriter.Write(ref writer, AttributeFlags.Transitive, AttributeType.AsPath, path);
        var nextHop = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(nextHop, NextHop);
        AttributeWriter.Write(
            ref writer, AttributeFlags.Transitive, AttributeType.NextHop,
            family == AfiSafi.IPv4Unicast && NextHop <= uint.MaxValue ? nextHop.AsSpan(12) : nextHop);
        WriteNumber(ref writer, AttributeFlags.Optional, AttributeType.MultiExitDisc, Med);
        WriteNumber(ref writer, AttributeFlags.Transitive, AttributeType.LocalPref, LocalPref);
        WriteNumbers(ref writer, AttributeFlags.Optional | AttributeFlags.Transitive, AttributeType.Communities, Communities);
        WriteNumber(ref writer, AttributeFlags.Optional, AttributeType.OriginatorId, Originator);
        WriteNumbers(ref writer, AttributeFlags.Optional, AttributeType.ClusterList, Clusters);
        if (Bandwidth is { } bandwidth)
        {
            var community = new byte[LinkBandwidth.EncodedLength];
            new LinkBandwidth(65000, bandwidth).Write(community);
            AttributeWriter.Write(
                ref writer,
                AttributeFlags.Optional | AttributeFlags.Transitive,
                AttributeType.ExtendedCommunities,
                community);
        }

        if (Aigp is { } metric)
        {
            var value = new byte[Routing.Bgp.Wire.Attributes.Aigp.EncodedLength];
            Routing.Bgp.Wire.Attributes.Aigp.Write(value, metric);
            AttributeWriter.Write(ref writer, AttributeFlags.Optional, AttributeType.Aigp, value);
        }

        return writer.Written.ToArray();
    }

    private static void WriteNumber(ref WireWriter writer, AttributeFlags flags, AttributeType type, uint? value)
    {
        if (value is { } number)
        {
            AttributeWriter.WriteUInt32(ref writer, flags, type, number);
        }
    }

    private static void WriteNumbers(
        ref WireWriter writer, AttributeFlags flags, AttributeType type, ImmutableArray<uint> values)
    {
        if (!values.IsEmpty)
        {
            var octets = new byte[4 * values.Length];
            WriteValues(values, octets);
            AttributeWriter.Write(ref writer, flags, type, octets);
        }
    }

    private static void WriteValues(ImmutableArray<uint> values, Span<byte> octets)
    {
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(octets[(4 * i)..], values[i]);
        }
    }
}
