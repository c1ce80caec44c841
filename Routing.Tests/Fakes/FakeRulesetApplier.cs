using Routing.Agent.Dataplane;
using Routing.Agent.Dataplane.Live;
using Routing.Agent.Netlink;
using Routing.Policy.Rules;

namespace Routing.Tests.Fakes;

/// <summary>A packet filter in memory that refuses on request.</summary>
internal sealed class FakeRulesetApplier : IRulesetApplier
{
    private readonly Lock _lock = new();
    private readonly List<Ruleset> _applied = [];
    private Ruleset? _last;
    private int _failures;
    private bool _installed;

    /// <param name="installed">An earlier agent has left its rules.</param>
    public FakeRulesetApplier(bool installed = false) => _installed = installed;

    /// <summary>What it has left is closed to everybody.</summary>
    public bool IsClosed { get; init; }

    /// <summary>What was committed, in order.</summary>
    public IReadOnlyList<Ruleset> Applied
    {
        get
        {
            lock (_lock)
            {
                return [.. _applied];
            }
        }
    }

    /// <summary>Calls of <see cref="Apply"/>, the refused ones too.</summary>
    public int Calls { get; private set; }

    /// <summary>Refuses the next calls of <see cref="Apply"/>.</summary>
    public void FailNext(int count)
    {
        lock (_lock)
        {
            _failures = count;
        }
    }

    /// <summary>Somebody else flushes the kernel.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            (_installed, _last) = (false, null);
        }
    }

    /// <summary>Which rulesets are refused, whenever they come.</summary>
    public Func<Ruleset, bool> Refuses { get; set; } = _ => false;

    /// <summary>Why they are.</summary>
    public int Errno { get; set; } = 16;

    public string Name => "fake";

    public IKernelRules OpenRules() => throw new NotSupportedException("a packet filter in memory has no rules in a kernel");

    public string? CountingRefusal() => null;

    public bool IsInstalled() => _installed;

    public bool Holds(Ruleset ruleset) => _installed && (IsClosed || ReferenceEquals(ruleset, _last));

    public RulesetChange Apply(Ruleset desired)
    {
        lock (_lock)
        {
            Calls++;
            if (_failures > 0 || Refuses(desired))
            {
                _failures = Math.Max(0, _failures - 1);
                throw new NetlinkException("commit", "ruleset", Errno, "as the test asked");
            }

            _installed = true;
            if (ReferenceEquals(desired, _last))
            {
                return default;
            }

            _last = desired;
            _applied.Add(desired);
            return new RulesetChange(1, 0, 0, 0, 0);
        }
    }

    public void Dispose()
    {
    }
}
