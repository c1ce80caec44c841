namespace Routing.Bgp.Rpki.Rtr;

/// <summary>One connection to a cache as RFC 8210 §8 has it: what to send, and what to make of each PDU. No socket and no
/// clock.</summary>
/// <remarks>
/// <code>
///  query ─► Cache Response, payloads ..., End of Data ─► idle ─► (refresh time, or Serial Notify) ─► query
///      └──► Cache Reset ─► Reset Query             └──► Error Report: No Data Available ─► (retry time) ─► query
/// </code>
/// </remarks>
/// <param name="version">The version to begin with; the cache may answer in a lower one before data came (§7).</param>
/// <param name="data">What the cache said last; null for nothing.</param>
internal sealed class RtrSession(byte version, RtrData? data)
{
    private byte _version = version;
    private bool _isAgreed; // the version is: the cache has answered in it
    private bool _isAsking;
    private bool _isReset; // what is under way is everything, not changes
    private RtrUpdate? _update;
    private ushort _sessionId;

    /// <summary>The last complete set; null also when cache and router no longer agree on what it is, so that the next
    /// session begins anew.</summary>
    public RtrData? Data { get; private set; } = data;

    /// <summary>The version spoken, or tried.</summary>
    public byte Version => _version;

    /// <summary>A query has no answer yet.</summary>
    public bool IsAsking => _isAsking;

    /// <summary>The cache refuses this version; the next connection should try this one: the cache's own where it is lower,
    /// else the one below (§7). Null otherwise.</summary>
    public byte? NextVersion { get; private set; }

    /// <summary>A query: for changes when there is something to change, else for everything (§8.1, §8.2).</summary>
    public byte[] Query()
    {
        _isAsking = true;
        _isReset = Data is null || Data.Version != _version;
        return _isReset
            ? RtrWriter.ResetQuery(_version)
            : RtrWriter.SerialQuery(_version, Data!.SessionId, Data.Serial);
    }

    /// <summary>Takes a PDU.</summary>
    public RtrStep Receive(in RtrPdu pdu)
    {
        if (pdu.Type == RtrPduType.ErrorReport)
        {
            return OnErrorReport(pdu);
        }

        if (pdu.Version != _version && !TryAgree(pdu))
        {
            return Fail(
                pdu,
                _isAgreed ? RtrErrorCode.UnexpectedProtocolVersion : RtrErrorCode.UnsupportedProtocolVersion,
                $"version {pdu.Version} where {_version} is spoken");
        }

        return pdu.Type switch
        {
            RtrPduType.SerialNotify => OnSerialNotify(pdu),
            RtrPduType.CacheResponse => OnCacheResponse(pdu),
            RtrPduType.IPv4Prefix or RtrPduType.IPv6Prefix or RtrPduType.Aspa or RtrPduType.RouterKey => OnPayload(pdu),
            RtrPduType.EndOfData => OnEndOfData(pdu),
            RtrPduType.CacheReset => OnCacheReset(pdu),
            _ => Fail(pdu, RtrErrorCode.InvalidRequest, $"a cache does not send {pdu.Type}"),
        };
    }

    /// <summary>A PDU that cannot stand was received.</summary>
    public RtrStep Refuse(in RtrPdu pdu, RtrErrorCode error) => Fail(pdu, error, $"a PDU of type {(byte)pdu.Type} cannot be read");

    /// <summary>§7: a cache of an older protocol answers our first query in its version, and we follow. A Serial Notify before
    /// that may have any version (§5.2).</summary>
    private bool TryAgree(in RtrPdu pdu)
    {
        if (_isAgreed)
        {
            return false;
        }

        if (pdu.Type != RtrPduType.SerialNotify)
        {
            if (pdu.Version > _version)
            {
                return false;
            }

            _version = pdu.Version;
        }

        return true;
    }

    private RtrStep OnSerialNotify(in RtrPdu pdu)
    {
        var isNews = Data is null || pdu.Word != Data.SessionId || pdu.ReadSerial() != Data.Serial;
        return _isAsking || !isNews || pdu.Version != _version ? default : new RtrStep(Query());
    }

    private RtrStep OnCacheResponse(in RtrPdu pdu)
    {
        if (!_isAsking || _update is not null)
        {
            return Fail(pdu, RtrErrorCode.InvalidRequest, "a Cache Response that nobody asked for");
        }

        _isAgreed = true;
        _sessionId = pdu.Word;
        if (!_isReset && pdu.Word != Data!.SessionId)
        {
            // §5.1: the cache has begun anew, and what we have is of another life.
            return Fail(pdu, RtrErrorCode.CorruptData, "another Session ID in answer to a Serial Query", flush: true);
        }

        _update = new RtrUpdate(_isReset ? null : Data);
        return default;
    }

    private RtrStep OnPayload(in RtrPdu pdu)
    {
        if (_update is null)
        {
            return Fail(pdu, RtrErrorCode.InvalidRequest, "a payload outside of a response");
        }

        RtrErrorCode? error = null;
        if (pdu.Type == RtrPduType.Aspa)
        {
            error = pdu.TryReadAspa(out var aspa, out var isAnnouncement)
                ? _update.Apply(aspa, isAnnouncement)
                : RtrErrorCode.AspaProviderListError;
        }
        else if (pdu.Type != RtrPduType.RouterKey) // BGPsec's; passed over
        {
            error = pdu.TryReadVrp(out var vrp, out var isAnnouncement)
                ? _update.Apply(vrp, isAnnouncement)
                : RtrErrorCode.CorruptData;
        }

        return error is { } code ? Fail(pdu, code, $"{code}") : default;
    }

    private RtrStep OnEndOfData(in RtrPdu pdu)
    {
        if (_update is null)
        {
            return Fail(pdu, RtrErrorCode.InvalidRequest, "an End of Data that ends nothing");
        }

        if (pdu.Word != _sessionId)
        {
            return Fail(pdu, RtrErrorCode.CorruptData, "an End of Data of another Session ID", flush: true);
        }

        Data = _update.Complete(_version, _sessionId, pdu.ReadSerial(), pdu.ReadIntervals());
        _update = null;
        _isAsking = false;
        return new RtrStep(IsComplete: true);
    }

    /// <summary>§8.3: the cache no longer knows what has changed since.</summary>
    private RtrStep OnCacheReset(in RtrPdu pdu)
    {
        if (!_isAsking || _update is not null || _isReset)
        {
            return Fail(pdu, RtrErrorCode.InvalidRequest, "a Cache Reset that no Serial Query asked for");
        }

        _isAgreed = true;
        _isReset = true;
        return new RtrStep(RtrWriter.ResetQuery(_version));
    }

    /// <summary>§12: all but "no data yet" end the session, and none is answered (§5.11).</summary>
    private RtrStep OnErrorReport(in RtrPdu pdu)
    {
        var code = (RtrErrorCode)pdu.Word;
        if (code == RtrErrorCode.NoDataAvailable && _isAsking && _update is null)
        {
            _isAsking = false;
            return default;
        }

        if (code == RtrErrorCode.UnsupportedProtocolVersion && !_isAgreed && _version > 0)
        {
            NextVersion = Math.Min(pdu.Version, (byte)(_version - 1));
        }

        var flush = IsFlushedBy(code);
        Data = flush ? null : Data;
        return new RtrStep(Close: $"the cache reports {code}: {pdu.ReadErrorText()}", Flush: flush);
    }

    /// <summary>From version 2 on a fatal error takes what the cache has said (draft-ietf-sidrops-8210bis §12), one that nobody
    /// knows too. Before that only a Session ID that both do not agree on does (RFC 8210 §5.1).</summary>
    private bool IsFlushedBy(RtrErrorCode code) => _version >= RtrPdu.VersionWithAspas && code is not (
        RtrErrorCode.NoDataAvailable or RtrErrorCode.UnsupportedProtocolVersion or RtrErrorCode.CacheRestart);

    private RtrStep Fail(in RtrPdu pdu, RtrErrorCode code, string reason, bool flush = false)
    {
        (_update, Data) = (null, null);
        return new RtrStep(
            pdu.Type == RtrPduType.ErrorReport ? null : RtrWriter.ErrorReport(_version, code, pdu.Octets, reason),
            Close: $"{code}: {reason}",
            Flush: flush || IsFlushedBy(code));
    }
}
