using System.Collections.Immutable;
using Routing.Bgp.Rib;
using Routing.Bgp.Rib.Inbox;
using Routing.Bgp.Session;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;
using Routing.Bgp.Wire.Updates;

namespace Routing.Tests.Bgp.Wire;

/// <summary>Takes an UPDATE in as a session does and writes down what came of it.</summary>
internal static class UpdateJudge
{
    public static UpdateContext External { get; } = Context(isExternal: true, fourOctetAsn: true);

    public static UpdateContext Internal { get; } = Context(isExternal: false, fourOctetAsn: true);

    /// <summary>IPv4 routes come with path identifiers.</summary>
    public static UpdateContext WithPathIds { get; } = new(
        [AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast], isExternal: false, fourOctetAsn: true, [AfiSafi.IPv4Unicast]);

    /// <summary>A peer in another member AS of our confederation.</summary>
    public static UpdateContext Member { get; } =
        With(new UpdateRules { IsInConfederation = true, IsOtherMember = true }, isExternal: false);

    /// <summary>AS 65001 with every check there is.</summary>
    public static UpdateContext Strict { get; } = With(
        new UpdateRules { FirstAsn = 65001, MaximumUnknownAttributes = 2, AcceptsAigp = true });

    /// <summary>A peer of which AS_SET is accepted.</summary>
    public static UpdateContext Old { get; } = With(new UpdateRules { AcceptsAsSets = true });

    public static UpdateContext TwoOctetStrict { get; } = new(
        [AfiSafi.IPv4Unicast], isExternal: true, fourOctetAsn: false, pathIds: [])
    {
        Rules = new UpdateRules { FirstAsn = 4200000001 },
    };

    /// <summary>A speaker from before RFC 6793 and RFC 9774.</summary>
    public static UpdateContext TwoOctet { get; } = new(
        [AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast], isExternal: true, fourOctetAsn: false, pathIds: [])
    {
        Rules = new UpdateRules { AcceptsAsSets = true },
    };

    /// <summary>The outcome, the error, and the batch's entries: "Announce 10.1.0.0/16 {canonical
    /// attributes}".</summary>
    public static (UpdateOutcome Outcome, DecodeError? Error, ImmutableArray<string> Entries) Take(
        ReadOnlySpan<byte> body, UpdateContext context)
    {
        var intake = new UpdateIntake(new PeerIndex(1), context);
        var outcome = intake.Add(body, out var error);
        if (!intake.HasEntries)
        {
            return (outcome, error, []);
        }

        var batch = intake.TakeBatch();
        var entries = batch.Entries.Take(batch.EntryCount).Select(entry => Describe(batch, entry)).ToImmutableArray();
        return (outcome, error, entries);
    }

    /// <summary>The body of an UPDATE.</summary>
    public static byte[] Body(string withdrawn, string attributes, string nlri)
    {
        byte[] w = Hex.Parse(withdrawn), a = Hex.Parse(attributes), n = Hex.Parse(nlri);
        return [(byte)(w.Length >> 8), (byte)w.Length, .. w, (byte)(a.Length >> 8), (byte)a.Length, .. a, .. n];
    }

    private static UpdateContext With(UpdateRules rules, bool isExternal = true) =>
        new([AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast], isExternal, fourOctetAsn: true, pathIds: []) { Rules = rules };

    private static UpdateContext Context(bool isExternal, bool fourOctetAsn) =>
        new([AfiSafi.IPv4Unicast, AfiSafi.IPv6Unicast], isExternal, fourOctetAsn, []);

    private static string Describe(UpdateBatch batch, UpdateEntry entry)
    {
        var words = new List<string> { entry.Kind.ToString() };
        var cursor = new NlriCursor(
            entry.Family, batch.Octets.AsSpan(entry.NlriOffset, entry.NlriLength), entry.HasPathIds);
        while (cursor.TryRead(out var prefix, out var pathId))
        {
            words.Add(entry.HasPathIds ? $"{prefix}#{pathId}" : prefix.ToString());
        }

        if (entry.Kind == UpdateEntryKind.EndOfRib)
        {
            words.Add(entry.Family.ToString());
        }

        if (entry.Kind == UpdateEntryKind.Announce)
        {
            var attributes = batch.Octets.AsSpan(entry.AttributesOffset, entry.AttributesLength);
            Assert.That(entry.AttributesHash, Is.EqualTo(OctetHash.Compute(attributes)));
            words.Add($"{{{Convert.ToHexString(attributes)}}}");
        }

        return string.Join(' ', words);
    }
}
