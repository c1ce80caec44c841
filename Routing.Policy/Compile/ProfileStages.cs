using System.Collections.Immutable;
using Routing.Policy.Model;
using Routing.Policy.Rules;
using Routing.Policy.Selectors;

namespace Routing.Policy.Compile;

/// <summary>A profile's chains and sets, kept true as its policies and peers change.
/// <code>
///   stage 0   [own end?] [goto log] look-ups ──> allowed, denied, the next stage of the tier, or the next tier
///   stage 1   ...
/// </code>
/// A stage that no packet comes to is not there. A pass is a goto, so that a return leaves the profile from every stage
/// alike.</summary>
internal sealed partial class ProfileStages(
    Profile profile, NodeTable nodes, ServiceTable services, DomainTable domains, SelectorIndex index, ReportOptions reports)
{
    /// <summary>Why rules deny that stand where no more can be asked.</summary>
    public const string TooDeep = "denied: too many tiers and source ports before it";

    /// <summary>What it costs to make stages that have no elements yet, in addresses looked through.</summary>
    private const int MakingStages = 64;

    private readonly ProfileVerdicts _verdicts = new(profile, reports);
    private readonly List<(Stage Verdicts, Stage? Logs, Stage? Own)> _stages = new(1); // seldom more, of a cluster's many profiles
    private HashSet<Address>? _touched;
    private ImmutableArray<StagePlan> _plans = [];
    private bool _areRulesStale = true;
    private bool _arePeersStale = true;

    /// <summary>The chains of the last <see cref="Compile"/>.</summary>
    public ImmutableArray<Chain> Chains { get; private set; } = [];

    /// <summary>Its sets, by name.</summary>
    public SmallMap<string, MatchSet> Sets { get; private set; } = new();

    /// <summary>The rules are others.</summary>
    public void OnRulesChanged() => _areRulesStale = true;

    /// <summary>Any address may be somebody else to the rules.</summary>
    public void OnPeersChanged() => _arePeersStale = true;

    /// <summary>Somebody else has an address, or who has it is selected otherwise, or names stand for it otherwise.</summary>
    public void Touch(EquatableArray<Address> addresses)
    {
        if (!_arePeersStale)
        {
            foreach (var address in addresses)
            {
                (_touched ??= []).Add(address);
            }
        }
    }

    /// <summary>What ended the last <see cref="Compile"/>, our own mistake unless there are too many elements; null for nothing.</summary>
    public Exception? Defect { get; private set; }

    /// <summary>The policies, of these, that some packets do not come to, because their rules would be nested too deep: such packets are
    /// denied.</summary>
    public ImmutableArray<PolicyKey> Unasked { get; private set; } = [];

    /// <summary>About how many addresses the next <see cref="Compile"/> looks through; a few for making stages at all.</summary>
    public int Work =>
        !_areRulesStale && !_arePeersStale ? _touched?.Count ?? 0 : MakingStages + Sets.Sum(set => set.Value.Elements.Count);

    /// <summary>Brings chains and sets up to date.</summary>
    /// <param name="policies">The profile's; its selections are held.</param>
    public void Compile(IReadOnlyCollection<PolicySpec> policies)
    {
        try
        {
            CompileStages(policies);
            Defect = null;
        }
        catch (Exception e)
        {
            Close(e);
        }
    }

    /// <summary>A policy that we fail to compile must not keep the rules of all others out of the kernel, nor open its own pods:
    /// these are closed until it is another one (docs/adr/0024).</summary>
    private void Close(Exception defect)
    {
        _stages.Clear();
        _counted?.Clear();
        (_plans, Unasked) = ([], []);
        (_areRulesStale, _arePeersStale, _touched, Defect) = (true, true, null, defect);
        var verdict = profile.IsStaged ? _verdicts.Allow : Verdict.Drop; // what is staged closes nothing
        Chains = [new Chain(profile.ChainName, null, [new Rule([], new RuleAction.Decide(verdict), "")], "could not be compiled")];
        Sets = new SmallMap<string, MatchSet>();
    }

    private void CompileStages(IReadOnlyCollection<PolicySpec> policies)
    {
        if (_areRulesStale)
        {
            _plans = StagePlan.Of(profile, policies, services, reports.CountsRules);
        }

        _counted?.Clear();
        var isReached = new bool[_plans.Length];
        var chains = ImmutableArray.CreateBuilder<Chain>();
        var sets = new SmallMap<string, MatchSet>();
        for (var i = 0; i < _plans.Length; i++)
        {
            if (_stages.Count == i)
            {
                _stages.Add((new Stage(profile.StemOf(i, logs: false), profile, profile.Direction), null, null));
            }

            var (plan, (verdicts, logs, own)) = (_plans[i], _stages[i]);
            if (i > 0 && !isReached[i])
            {
                verdicts.Clear();
                _stages[i] = (verdicts, null, null);
                continue;
            }

            Update(verdicts, plan.Rules);
            logs = plan.Logs is null || profile.IsStaged ? null : logs ?? new Stage(profile.StemOf(i, logs: true), profile, profile.Direction);
            own = plan.Own is null ? null : own ?? new Stage(profile.StemOfOwn(i), profile, profile.Side.Opposite);
            _stages[i] = (verdicts, logs, own);
            if (logs is not null)
            {
                Update(logs, plan.Logs!);
            }

            if (own is not null)
            {
                Update(own, plan.Own!);
            }

            if (plan.Sources is not null || plan.Own is not null || verdicts.Says(StageAction.Skip))
            {
                isReached[i + 1] = true;
            }

            if (verdicts.Says(StageAction.Pass) && NextTier(i) is var next && next < _plans.Length)
            {
                isReached[next] = true;
            }

            AddOwn(i, chains, sets);
            AddLogs(i, chains, sets);
            AddStage(i, chains, sets);
        }

        _stages.RemoveRange(_plans.Length, _stages.Count - _plans.Length);
        Unasked = _plans is [.., { IsTooDeep: true } last] && isReached[^1] ? last.Policies : [];
        (_areRulesStale, _arePeersStale) = (false, false);
        _touched = null;
        _verdicts.AddChains(chains);
        (Chains, Sets) = (chains.DrainToImmutable(), sets);
    }

    private void Update(Stage stage, StageRules rules)
    {
        if (_areRulesStale || _arePeersStale || !stage.IsBuilt)
        {
            stage.Build(
                rules, profile.Peers, nodes, domains, index,
                _arePeersStale || !stage.IsBuilt ? null : _touched ?? []);
        }
        else
        {
            foreach (var address in _touched ?? [])
            {
                stage.Update(address, index);
            }
        }

        stage.Commit();
    }

    /// <summary>The first stage of the tier after a stage's; the number of stages when there is none.</summary>
    private int NextTier(int i)
    {
        var next = i + 1;
        while (next < _plans.Length && _plans[next].Tier == _plans[i].Tier)
        {
            next++;
        }

        return next;
    }
}
