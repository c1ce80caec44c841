namespace Routing.Bgp.Rpki.Rtr;

/// <summary>A complete set of payloads of one cache, as of an End of Data. Nobody changes it once it is handed out: the
/// next set is a copy, so that others may read this one while the next is under way (RFC 8210 §8.1).</summary>
internal sealed class RtrData
{
    /// <summary>The cache's session.</summary>
    public required ushort SessionId { get; init; }

    /// <summary>The set's number in that session.</summary>
    public required uint Serial { get; init; }

    /// <summary>The version it came in; sessions are a version's own.</summary>
    public required byte Version { get; init; }

    /// <summary>How long it is good for.</summary>
    public required RtrIntervals Intervals { get; init; }

    /// <summary>ROA payloads.</summary>
    public required IReadOnlySet<Vrp> Vrps { get; init; }

    /// <summary>ASPA payloads by customer.</summary>
    public required IReadOnlyDictionary<uint, Aspa> Aspas { get; init; }
}
