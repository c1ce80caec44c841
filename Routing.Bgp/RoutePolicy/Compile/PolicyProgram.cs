using System.Collections.Immutable;
using Routing.Bgp.RoutePolicy.Sets;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.RoutePolicy.Compile;

/// <summary>A filter compiled for one family. What becomes of a route depends on its prefix only through the prefix's class,
/// so that a caller with many routes of the same attributes runs the rules once a class, not once a route.</summary>
/// <remarks><code>
/// per route            prefix > <see cref="ClassOf"/>
/// per attributes       class > the rules whose prefixes fit, in order > conditions > edits > outcome
/// and class
/// </code>
/// Immutable, but for the caller's editor.</remarks>
internal sealed class PolicyProgram
{
    private readonly PrefixClassifier _prefixes;
    private readonly CompiledRule[] _rules;

    /// <summary>For each class of prefixes the rules that they fit, up to the first that decides whatever the attributes.</summary>
    private readonly int[][] _rulesByClass;

    private PolicyProgram(PrefixClassifier prefixes, CompiledRule[] rules, int[][] rulesByClass) =>
        (_prefixes, _rules, _rulesByClass) = (prefixes, rules, rulesByClass);

    /// <summary>Classes of prefixes; 1 when no rule looks at prefixes.</summary>
    public int ClassCount => _rulesByClass.Length;

    /// <summary>Some rule asks for origin validation.</summary>
    public bool UsesOriginValidity { get; private init; }

    /// <summary>Some rule asks for path verification.</summary>
    public bool UsesPathValidity { get; private init; }

    /// <summary>Compiles the rules of one family.</summary>
    /// <returns>Null when there are none: everything is accepted as it is.</returns>
    public static PolicyProgram? Compile(RouteFilter filter, AfiSafi family)
    {
        var rules = filter.Rules.Items.Index().Where(one => one.Item.Family is null || one.Item.Family == family).ToList();
        if (rules.Count == 0)
        {
            return null;
        }

        var sets = new Dictionary<Sequence<PrefixRange>, int>();
        var setOf = rules.ToDictionary(one => one.Index, one => SetIndex(one.Item, sets));
        var prefixes = new PrefixClassifier(family, [.. sets.OrderBy(set => set.Value).Select(set => set.Key)]);
        var compiled = new CompiledRule[filter.Rules.Count];
        foreach (var (index, rule) in rules)
        {
            compiled[index] = new CompiledRule(
                rule.Action, [.. ConditionCompiler.Compile(rule.Match)], [.. rule.Operations.Select(OperationCompiler.Compile)]);
        }

        var byClass = prefixes.Classes.Select(members => Applicable(rules, compiled, setOf, members)).ToArray();
        return new PolicyProgram(prefixes, compiled, byClass)
        {
            UsesOriginValidity = rules.Exists(one => !one.Item.Match.OriginValidation.IsEmpty),
            UsesPathValidity = rules.Exists(one => !one.Item.Match.PathVerification.IsEmpty),
        };
    }

    /// <summary>The class of a prefix.</summary>
    public int ClassOf(Prefix prefix) => _prefixes.ClassOf(prefix);

    /// <summary>Runs the rules.</summary>
    /// <param name="prefixClass">The prefix's class.</param>
    /// <param name="route">Scope and validity; its attributes are read here.</param>
    /// <param name="canonical">The attributes.</param>
    /// <param name="editor">Takes what is changed.</param>
    public PolicyOutcome Run(int prefixClass, ref RouteView route, ReadOnlySpan<byte> canonical, AttributeEditor editor)
    {
        route.Read(canonical);
        var isChanged = false;
        foreach (var index in _rulesByClass[prefixClass])
        {
            var rule = _rules[index];
            if (!rule.Holds(route))
            {
                continue;
            }

            if (rule.Action == RuleAction.Reject)
            {
                return new PolicyOutcome(false, index, IsChanged: false);
            }

            if (rule.Edits.Length > 0)
            {
                isChanged = Edit(rule, route.Scope, isChanged ? default : canonical, editor) || isChanged;
                if (editor.IsOverflowing)
                {
                    return new PolicyOutcome(false, index, IsChanged: false); // nobody could be told what it became
                }
            }

            if (rule.Action == RuleAction.Accept)
            {
                return new PolicyOutcome(true, index, isChanged);
            }

            if (isChanged)
            {
                route.Read(editor.Octets);
            }
        }

        return new PolicyOutcome(true, -1, isChanged);
    }

    /// <param name="rule">The rule.</param>
    /// <param name="scope">Where the route stands.</param>
    /// <param name="original">What the editor is to start from; empty when it goes on with what it holds.</param>
    /// <param name="editor">The editor.</param>
    private static bool Edit(CompiledRule rule, RouteScope scope, ReadOnlySpan<byte> original, AttributeEditor editor)
    {
        if (!original.IsEmpty)
        {
            editor.Load(original);
        }

        foreach (var edit in rule.Edits)
        {
            edit(editor, scope);
        }

        return editor.IsChanged;
    }

    /// <summary>Rules with equal sets share one.</summary>
    private static int? SetIndex(RouteRule rule, Dictionary<Sequence<PrefixRange>, int> sets)
    {
        if (rule.Match.Prefix is not { } condition)
        {
            return null;
        }

        if (!sets.TryGetValue(condition.Ranges, out var index))
        {
            index = sets.Count;
            sets.Add(condition.Ranges, index);
        }

        return index;
    }

    private static int[] Applicable(
        List<(int Index, RouteRule Item)> rules,
        CompiledRule[] compiled,
        Dictionary<int, int?> setOf,
        ImmutableArray<int> members)
    {
        var applicable = new List<int>();
        foreach (var (index, rule) in rules)
        {
            if (setOf[index] is { } set && members.Contains(set) == rule.Match.Prefix!.IsNegated)
            {
                continue;
            }

            applicable.Add(index);
            if (compiled[index].Conditions.Length == 0 && rule.Action != RuleAction.Next)
            {
                break;
            }
        }

        return [.. applicable];
    }
}
