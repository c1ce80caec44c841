namespace Routing.Bgp.Rpki.Rtr;

/// <summary>A set of payloads under way: all of it after a Reset Query, changes to the last one after a Serial
/// Query.</summary>
internal sealed class RtrUpdate
{
    /// <summary>Most payloads taken from one cache, some five times what the Internet has: a cache must not take the
    /// memory that routes need.</summary>
    public const int MostPayloads = 4_000_000;

    private readonly HashSet<Vrp> _vrps;
    private readonly Dictionary<uint, Aspa> _aspas;

    /// <param name="before">The set that changes apply to; null to begin with nothing.</param>
    public RtrUpdate(RtrData? before)
    {
        _vrps = before is null ? [] : [.. before.Vrps];
        _aspas = before is null ? [] : new Dictionary<uint, Aspa>(before.Aspas);
    }

    /// <summary>Takes a ROA payload.</summary>
    /// <returns>The error when it contradicts the set (RFC 8210 §5.6); null otherwise.</returns>
    public RtrErrorCode? Apply(Vrp vrp, bool isAnnouncement) =>
        isAnnouncement && IsFull ? RtrErrorCode.InternalError
        : isAnnouncement ? (_vrps.Add(vrp) ? null : RtrErrorCode.DuplicateAnnouncement)
        : _vrps.Remove(vrp) ? null : RtrErrorCode.WithdrawalOfUnknownRecord;

    /// <summary>Takes an ASPA payload. An announcement replaces the customer's earlier one
    /// (draft-ietf-sidrops-8210bis §5.12).</summary>
    public RtrErrorCode? Apply(Aspa aspa, bool isAnnouncement)
    {
        if (!isAnnouncement)
        {
            return _aspas.Remove(aspa.Customer) ? null : RtrErrorCode.WithdrawalOfUnknownRecord;
        }

        if (IsFull)
        {
            return RtrErrorCode.InternalError;
        }

        _aspas[aspa.Customer] = aspa;
        return null;
    }

    private bool IsFull => _vrps.Count + _aspas.Count >= MostPayloads;

    /// <summary>The set is complete.</summary>
    public RtrData Complete(byte version, ushort sessionId, uint serial, RtrIntervals intervals) => new()
    {
        SessionId = sessionId,
        Serial = serial,
        Version = version,
        Intervals = intervals,
        Vrps = _vrps,
        Aspas = _aspas,
    };
}
