using System.Collections.Immutable;
using Routing.Policy.Compile;
using Routing.Policy.Model;
using Routing.Policy.Selectors;

namespace Routing.Policy.Controller;

/// <summary>The policies, and for each pod those that select it.</summary>
internal sealed class PolicyTable(SelectorIndex index)
{
    private readonly Dictionary<PolicyKey, PolicySpec> _specs = [];
    private readonly Dictionary<PolicyKey, SelectedPods> _subjects = [];
    private readonly Dictionary<SelectedPods, SmallSet<PolicySpec>> _bySubject = [];
    private readonly Dictionary<PolicyKey, List<SelectedPods>> _own = []; // what rules ask of the subjects
    private readonly Dictionary<PolicyKey, PolicySpec> _staged = []; // by the policies they stand in place of
    private readonly List<PolicyKey> _keys = []; // of one question, kept for the next

    /// <summary>Every policy.</summary>
    public IReadOnlyDictionary<PolicyKey, PolicySpec> Specs => _specs;

    /// <summary>So many policies are about to come.</summary>
    public void EnsureCapacity(int policies)
    {
        _specs.EnsureCapacity(policies);
        _subjects.EnsureCapacity(policies);
        _bySubject.EnsureCapacity(policies);
    }

    /// <summary>Puts a policy in, or another in its place.</summary>
    public void Set(PolicySpec spec)
    {
        Remove(spec.Key);
        _specs.Add(spec.Key, spec);
        if (spec.IsStaged && (spec.Subject is not null || spec.IsStagedDeletion))
        {
            _staged[spec.Key.Enforced()] = spec;
        }

        if (spec.Subject is not null)
        {
            var subject = index.Acquire(spec.Subject);
            _subjects.Add(spec.Key, subject);
            if (!_bySubject.TryGetValue(subject, out var policies))
            {
                _bySubject.Add(subject, policies = []);
            }

            policies.Add(spec);
            if (OwnConditions.SelectionsOf(spec) is { Count: > 0 } own)
            {
                _own.Add(spec.Key, [.. own.Select(index.Acquire)]);
            }
        }
    }

    /// <summary>Takes a policy out.</summary>
    public void Remove(PolicyKey key)
    {
        if (!_specs.Remove(key, out var spec))
        {
            return;
        }

        if (spec.IsStaged)
        {
            _staged.Remove(key.Enforced());
        }

        if (_subjects.Remove(key, out var subject))
        {
            var policies = _bySubject[subject];
            policies.Remove(spec);
            if (policies.Count == 0)
            {
                _bySubject.Remove(subject);
            }

            index.Release(subject);
            if (_own.Remove(key, out var own))
            {
                own.ForEach(index.Release);
            }
        }
    }

    /// <summary>A selection that rules have in their conditions on the policies' own pods.</summary>
    public SelectedPods Own(PolicyKey policy, PodSelection selection) =>
        _own[policy].First(selected => selected.Selection == selection);

    /// <summary>The policies with a selection in such a condition.</summary>
    public IEnumerable<PolicyKey> Asking(SelectedPods selected) =>
        _own.Where(entry => entry.Value.Contains(selected)).Select(entry => entry.Key);

    /// <summary>The pods that the policy is about, of all nodes.</summary>
    public SmallSet<PodRecord> Subjects(PolicyKey key) =>
        _subjects.TryGetValue(key, out var subject) ? subject.Members : [];

    /// <summary>The policies that are about an endpoint, staged ones too.</summary>
    /// <param name="selections">Those that hold the endpoint.</param>
    public IEnumerable<PolicySpec> About(IEnumerable<SelectedPods> selections) =>
        selections.SelectMany(selected => _bySubject.GetValueOrDefault(selected, []));

    /// <summary>The enforced policies that select an endpoint and say something about these packets of it, in order of their
    /// keys.</summary>
    /// <param name="selections">Those that hold the endpoint.</param>
    /// <param name="side">Which packets.</param>
    public ImmutableArray<PolicyKey> Selecting(SmallSet<SelectedPods> selections, ProfileSide side) =>
        Keys(selections, side, policy => !policy.IsStaged);

    /// <summary>Those that would with the staged policies enforced, each in place of the one it is named after; null when they
    /// would be the same.</summary>
    /// <param name="selections">Those that hold the endpoint.</param>
    /// <param name="side">Which packets.</param>
    public ImmutableArray<PolicyKey>? SelectingStaged(SmallSet<SelectedPods> selections, ProfileSide side)
    {
        if (_staged.Count == 0)
        {
            return null;
        }

        var keys = Keys(selections, side, policy => policy.IsStaged ? !policy.IsStagedDeletion : !_staged.ContainsKey(policy.Key));
        return keys.SequenceEqual(Selecting(selections, side)) ? null : keys;
    }

    private ImmutableArray<PolicyKey> Keys(SmallSet<SelectedPods> selections, ProfileSide side, Func<PolicySpec, bool> isAsked)
    {
        _keys.Clear();
        foreach (var selected in selections)
        {
            if (_bySubject.TryGetValue(selected, out var policies))
            {
                foreach (var policy in policies)
                {
                    if (isAsked(policy) && policy.Rules(side.Direction) is not null
                        && (side.Layer is not { } layer || policy.IsOf(layer, side.Direction)))
                    {
                        _keys.Add(policy.Key);
                    }
                }
            }
        }

        _keys.Sort();
        return [.. _keys];
    }
}
