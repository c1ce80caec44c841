using System.Collections.Immutable;
using Routing.Policy.Model;

namespace Routing.Agent.Domains;

/// <summary>What names stand for, in memory and in the file for the next agent. Its owner is a loop, but where members say
/// otherwise.</summary>
internal sealed partial class KeptNames
{
    private readonly LearnedNames _names = new();
    private readonly NameFile _file;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly ILogger _logger;
    private ImmutableDictionary<DomainPattern, ImmutableHashSet<Address>> _lapsed =
        ImmutableDictionary<DomainPattern, ImmutableHashSet<Address>>.Empty;

    /// <param name="file">Of this agent and the next; taken over.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">What cannot be kept.</param>
    public KeptNames(NameFile file, TimeProvider time, ILogger logger)
    {
        (_file, _time, _logger) = (file, time, logger);
        _origin = time.GetTimestamp();
    }

    /// <summary>What each name stands for now; for any thread.</summary>
    public ImmutableDictionary<DomainPattern, ImmutableHashSet<Address>> InForce => _names.InForce;

    /// <summary>What names stood for once, and their connections may still be there; for any thread.</summary>
    public ImmutableDictionary<DomainPattern, ImmutableHashSet<Address>> Lapsed => Volatile.Read(ref _lapsed);

    /// <summary>The names of which something is known.</summary>
    public IReadOnlyCollection<DomainPattern> Patterns => _names.Patterns;

    /// <summary>By a clock that never goes back; for any thread.</summary>
    public TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>What stands for something, by name.</summary>
    public ImmutableArray<KnownName> List() => _names.List(Now);

    /// <summary>Takes what an earlier agent learned.</summary>
    public void Restore()
    {
        try
        {
            var now = _time.GetUtcNow();
            foreach (var (pattern, address, until) in _file.Read())
            {
                // A clock that was set back must not keep it for longer than any answer would.
                var rest = until - now;
                rest = rest < LearnedNames.Hold(LearnedNames.Greatest) ? rest : LearnedNames.Hold(LearnedNames.Greatest);
                if (rest > TimeSpan.Zero)
                {
                    _names.Learn(pattern, address, Now + rest);
                }
                else
                {
                    _names.Remember(pattern, address, Now + rest);
                }
            }
        }
        catch (IOException e)
        {
            LogForgotten(e.Message);
        }

        Volatile.Write(ref _lapsed, _names.Lapsed());
    }

    /// <summary>Writes the file anew: from here on, what is learned is added to it.</summary>
    public void Open() => Save([]);

    /// <summary>An answer's addresses are in force for their time, and the next agent will know.</summary>
    /// <param name="patterns">The names in use that it is about.</param>
    /// <param name="answer">What it says.</param>
    /// <param name="asker">To whom.</param>
    /// <returns>True when something was not in force.</returns>
    public bool Learn(IReadOnlyCollection<DomainPattern> patterns, DnsAnswer answer, Address asker)
    {
        var isNew = false;
        var (now, utc) = (Now, _time.GetUtcNow());
        var lines = new List<(DomainPattern, Address, DateTimeOffset)>();
        foreach (var pattern in patterns)
        {
            foreach (var (address, ttl) in answer.Addresses)
            {
                var hold = LearnedNames.Hold(ttl);
                isNew |= _names.Learn(pattern, address, now + hold);
                lines.Add((pattern, address, utc + hold));
            }

            _names.OnAnswer(pattern, asker);
        }

        Save(lines);
        return isNew;
    }

    /// <summary>Lets lapse what is due.</summary>
    /// <param name="inUse">The names that policies have; null when that is not known: all are kept.</param>
    /// <returns>The names that stand for less than before.</returns>
    public IReadOnlySet<DomainPattern> Expire(IReadOnlySet<DomainPattern>? inUse)
    {
        var gone = _names.Expire(Now, inUse ?? Patterns.ToHashSet());
        if (gone.Count > 0)
        {
            Volatile.Write(ref _lapsed, _names.Lapsed());
        }

        return gone;
    }

    /// <summary>The last: the file is let go of.</summary>
    public void Close() => _file.Dispose();

    private void Save(List<(DomainPattern, Address, DateTimeOffset)> lines)
    {
        try
        {
            if (_file.Add(lines, _names.Count))
            {
                var offset = _time.GetUtcNow() - Now;
                _file.Replace(_names.All().Select(one => (one.Pattern, one.Address, offset + one.Until)));
            }
        }
        catch (IOException e)
        {
            LogNotKept(e.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Domain names: what an earlier agent learned cannot be read: {Reason}")]
    private partial void LogForgotten(string reason);

    [LoggerMessage(LogLevel.Warning, "Domain names: what was learned cannot be kept for the next agent: {Reason}")]
    private partial void LogNotKept(string reason);
}
