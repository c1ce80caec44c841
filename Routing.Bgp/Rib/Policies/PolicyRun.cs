using System.Buffers.Binary;
using Routing.Bgp.Rib.Tables;
using Routing.Bgp.RoutePolicy;
using Routing.Bgp.RoutePolicy.Compile;
using Routing.Bgp.Wire;
using Routing.Bgp.Wire.Attributes;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Nlri;

namespace Routing.Bgp.Rib.Policies;

/// <summary>Runs a policy over prefixes that share attributes. The rules run once for each class of prefixes that turns up; a
/// prefix costs the search for its class.</summary>
/// <remarks>
/// What was worked out is forgotten with the attributes: kept longer, it would have to hold them, and two policies that undo
/// each other would hold each other's for ever. An UPDATE brings its attributes once and a round of exports sorts by
/// them, so little is worked out twice.
/// The RIB has one, with its scratch memory; nothing is allocated in steady state. The verdicts' attributes are valid until
/// <see cref="Release"/>.
/// </remarks>
internal sealed class PolicyRun(AttributeTable attributes)
{
    private const int OriginStates = 3;

    private readonly AttributeEditor _editor = new();

    /// <summary>Sets that the policies made; each is held until <see cref="Release"/>.</summary>
    private readonly List<int> _made = [];

    /// <summary>By class and origin validity; those with another stamp are of earlier attributes.</summary>
    private Known[] _known = new Known[OriginStates];

    private uint _stamp;
    private PolicyProgram _program = null!;
    private RouteScope _scope = null!;
    private int _set;
    private PathValidity _pathValidity;

    /// <summary>What is known from the RPKI; null when nothing is.</summary>
    public IRouteValidity? Validity { get; set; }

    /// <summary>Takes the attributes that the prefixes to come share.</summary>
    /// <param name="program">The policy.</param>
    /// <param name="scope">Where the routes come from or go to.</param>
    /// <param name="set">Index of the attributes; the caller holds a reference for as long as it asks.</param>
    public void Begin(PolicyProgram program, RouteScope scope, int set)
    {
        (_program, _scope, _set) = (program, scope, set);
        _stamp++;
        if (_known.Length < program.ClassCount * OriginStates)
        {
            Array.Resize(ref _known, program.ClassCount * OriginStates);
        }

        _pathValidity = program.UsesPathValidity && Validity is not null
            ? Validity.PathOf(AsPathOf(set), scope.NeighborAsn, scope.Role)
            : PathValidity.Unknown;
    }

    /// <summary>What the policy makes of one prefix.</summary>
    public PolicyVerdict Judge(Prefix prefix)
    {
        var prefixClass = _program.ClassOf(prefix);
        var originValidity = _program.UsesOriginValidity && Validity is not null
            ? Validity.OriginOf(prefix, AsPathOf(_set))
            : OriginValidity.NotFound;
        ref var known = ref _known[(prefixClass * OriginStates) + (int)originValidity];
        if (known.Stamp != _stamp)
        {
            known = new Known { Stamp = _stamp, Verdict = Work(prefixClass, originValidity) };
        }

        return known.Verdict;
    }

    /// <summary>Lets go of what the policies made since the last call; whoever keeps an index has taken a reference.</summary>
    public void Release()
    {
        foreach (var set in _made)
        {
            attributes.Release(set);
        }

        _made.Clear();
    }

    private PolicyVerdict Work(int prefixClass, OriginValidity originValidity)
    {
        var route = new RouteView { Scope = _scope, OriginValidity = originValidity, PathValidity = _pathValidity };
        var outcome = _program.Run(prefixClass, ref route, attributes.Octets(_set), _editor);
        if (!outcome.IsAccepted || !outcome.IsChanged)
        {
            return new PolicyVerdict(outcome.IsAccepted, _set);
        }

        if (_scope.IsLastChoiceInShutdown && HasGracefulShutdown())
        {
            _editor.SetLocalPref(0);
        }

        var made = attributes.Intern(_editor.Octets, OctetHash.Compute(_editor.Octets));
        _made.Add(made);
        return new PolicyVerdict(true, made);
    }

    private bool HasGracefulShutdown()
    {
        Span<byte> community = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(community, WellKnownCommunity.GracefulShutdown);
        return _editor.TryFind(AttributeType.Communities, out var list) && CommunityAttributes.Contains(list, community);
    }

    private ReadOnlySpan<byte> AsPathOf(int set)
    {
        AttributeCursor.TryFind(attributes.Octets(set), AttributeType.AsPath, out var path);
        return path;
    }

    private struct Known
    {
        public uint Stamp;
        public PolicyVerdict Verdict;
    }
}
