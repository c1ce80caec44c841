using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Routing.Bgp.Fsm;
using Routing.Bgp.Session;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Iana;

namespace Routing.Bgp.Mrt;

/// <summary>Writes BGP4MP_ET records (RFC 6396 §3, §4.4) of what the sessions receive. Sessions append to one buffer under a
/// lock; a task of the log's own swaps it for the other and writes that.</summary>
/// <remarks>A buffer that is full drops records and counts them: the log must neither delay a session nor take its
/// memory.</remarks>
internal sealed partial class MrtLog : ISessionTap, IAsyncDisposable
{
    /// <summary>Each of the two buffers grows up to this.</summary>
    private const int MaxBuffered = 4 * 1024 * 1024;

    private const int RecordOverhead = MrtHeader.Length + sizeof(uint) + Bgp4mpHeader.MaxEncodedLength;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ILogger<MrtLog> _logger;
    private readonly MrtLogFiles _files;
    private readonly Task _running;

    // Full: the signal is there already.
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private byte[] _filling = new byte[64 * 1024];
    private byte[] _writing = new byte[64 * 1024];
    private int _length;
    private long _records;
    private long _dropped;
    private string? _error;
    private volatile MrtLogStatus _status;

    public MrtLog(MrtLogConfig config, TimeProvider time, ILogger<MrtLog> logger)
    {
        (Config, _time, _logger) = (config, time, logger);
        _files = new MrtLogFiles(config, time);
        _status = new MrtLogStatus(config.Directory, null, 0, 0, null);
        _running = Task.Run(RunAsync);
    }

    /// <summary>As configured.</summary>
    public MrtLogConfig Config { get; }

    /// <summary>Any thread may ask.</summary>
    public MrtLogStatus Status => _status;

    /// <inheritdoc/>
    public void OnReceived(SessionEnds ends, MessageType type, ReadOnlySpan<byte> body)
    {
        if (!Wants(ends.Name))
        {
            return;
        }

        lock (_gate)
        {
            if (TryReserve(RecordOverhead + MessageHeader.Length + body.Length, out var writer))
            {
                var start = MrtHeader.Begin(
                    ref writer, _time.GetUtcNow(), MrtType.Bgp4mpExtendedTime, (ushort)SubtypeFor(ends, type));
                HeaderOf(ends).Encode(ref writer, ends.FourOctetAsn ? 4 : 2);
                var message = MessageHeader.Begin(ref writer, type);
                writer.WriteOctets(body);
                MessageHeader.End(ref writer, message);
                Commit(ref writer, start);
            }
        }

        _signal.Writer.TryWrite(true);
    }

    /// <inheritdoc/>
    public void OnState(SessionEnds ends, SessionState from, SessionState to)
    {
        if (!Wants(ends.Name))
        {
            return;
        }

        lock (_gate)
        {
            if (TryReserve(RecordOverhead + (2 * sizeof(ushort)), out var writer))
            {
                // RFC 6396 §4.4.1: states are numbered from 1.
                var start = MrtHeader.Begin(
                    ref writer, _time.GetUtcNow(), MrtType.Bgp4mpExtendedTime, (ushort)Bgp4mpSubtype.StateChangeAs4);
                HeaderOf(ends).Encode(ref writer, asnOctets: 4);
                writer.WriteUInt16(NumberOf(from));
                writer.WriteUInt16(NumberOf(to));
                Commit(ref writer, start);
            }
        }

        _signal.Writer.TryWrite(true);
    }

    /// <summary>Writes what has been taken, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _signal.Writer.TryComplete();
        await _running;
        await _files.DisposeAsync();
    }

    /// <summary>RFC 6396 §4.4.3: how wide AS numbers are, in the record and in the message; RFC 8050 §3: whether NLRI have
    /// path identifiers, of which a log can speak for the session as a whole only.</summary>
    private static Bgp4mpSubtype SubtypeFor(SessionEnds ends, MessageType type)
    {
        var hasPathIds = type == MessageType.Update && ends.Context is { } context
            && (context.HasPathIds(AfiSafi.IPv4Unicast) || context.HasPathIds(AfiSafi.IPv6Unicast));
        return (ends.FourOctetAsn, hasPathIds) switch
        {
            (true, false) => Bgp4mpSubtype.MessageAs4,
            (true, true) => Bgp4mpSubtype.MessageAs4AddPath,
            (false, false) => Bgp4mpSubtype.Message,
            _ => Bgp4mpSubtype.MessageAddPath,
        };
    }

    private static Bgp4mpHeader HeaderOf(SessionEnds ends) =>
        new(ends.PeerAsn, ends.LocalAsn, ends.PeerAddress, ends.LocalAddress);

    private static ushort NumberOf(SessionState state) => (ushort)((int)state + 1);

    /// <summary>The name, or that of the range before the slash.</summary>
    private bool Wants(string name)
    {
        var wanted = Config.Peers;
        return wanted.IsEmpty || wanted.Contains(name) || wanted.Contains(name.Split('/')[0]);
    }

    /// <summary>Under the lock: room for a record at the end of the buffer.</summary>
    private bool TryReserve(int octets, out WireWriter writer)
    {
        if (_length + octets > MaxBuffered)
        {
            _dropped++;
            writer = default;
            return false;
        }

        if (_length + octets > _filling.Length)
        {
            Array.Resize(ref _filling, Math.Min(MaxBuffered, Math.Max(_filling.Length * 2, _length + octets)));
        }

        writer = new WireWriter(_filling) { Position = _length };
        return true;
    }

    private void Commit(ref WireWriter writer, int start)
    {
        MrtHeader.End(ref writer, start);
        _length = writer.Position;
        _records++;
    }

    private async Task RunAsync()
    {
        while (await _signal.Reader.WaitToReadAsync())
        {
            _signal.Reader.TryRead(out _);
            await WriteAsync();
        }

        await WriteAsync();
    }

    private async Task WriteAsync()
    {
        int length;
        long records, dropped;
        lock (_gate)
        {
            (_filling, _writing) = (_writing, _filling);
            (length, _length) = (_length, 0);
            (records, dropped) = (_records, _dropped);
        }

        try
        {
            if (length > 0)
            {
                await _files.WriteAsync(_writing.AsMemory(0, length), CancellationToken.None);
                _error = null;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What was in the buffer is lost; the next records try again with a new file.
            if (_error is null)
            {
                LogRefused(Config.Directory, e.Message);
            }

            _error = e.Message;
            await _files.CloseAsync();
        }

        _status = new MrtLogStatus(Config.Directory, _files.Current, records, dropped, _error);
    }

    [LoggerMessage(LogLevel.Error, "the update log cannot write to {Directory}: {Reason}; records are lost until it can")]
    private partial void LogRefused(string directory, string reason);
}
