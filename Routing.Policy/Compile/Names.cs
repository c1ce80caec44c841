using System.Security.Cryptography;
using System.Text;
using Routing.Policy.Model;
using Routing.Policy.Rules;

namespace Routing.Policy.Compile;

/// <summary>Names of the ruleset's objects. They follow from what an object is for, never from what it holds or from
/// when it was made: a restarted agent finds its own objects in the kernel, and a changed member changes elements, not
/// names.</summary>
internal static class Names
{
    private const int DigestOctets = 6;

    /// <summary>Leading characters of the host's side of every pod's interface.</summary>
    public const string InterfacePrefix = "rt";

    public const string Prerouting = "prerouting";
    public const string Input = "input";
    public const string Forward = "forward";
    public const string Output = "output";
    public const string CheckSource = "check-source";
    public const string FromPod = "from-pod";
    public const string ToPod = "to-pod";
    public const string EgressByInterface = "egress-by-interface";
    public const string IngressByInterface = "ingress-by-interface";

    /// <summary>Chains of packets that go on with a connection nobody knows: they may be answers of a pod that was a server in it, or
    /// to one that was the client.</summary>
    public const string ResumedFromPod = "resumed-from-pod", ResumedToPod = "resumed-to-pod";

    /// <summary>Maps of the pods for which these may pass: as a server, or as a client, no policy can have ended the
    /// connection.</summary>
    public const string ResumableFrom = "resumable-from", ResumableTo = "resumable-to";

    /// <summary>Where packets go that a preDNAT rule allows.</summary>
    public const string LetPass = "host-let-pass";

    /// <summary>Where packets go that a doNotTrack rule allows.</summary>
    public const string LetUntracked = "host-let-untracked";

    /// <summary>What host endpoints add to the ruleset.</summary>
    public const string HostPrefix = "host-";

    /// <summary>ICMPv6 without which there is no IPv6 on a link.</summary>
    public const string Neighbours = "host-neighbours";

    /// <summary>Ports that host endpoints never close, by what they are at the packet's end.</summary>
    /// <param name="ports">The host's own (ingress), or others'.</param>
    /// <param name="isReply">Asked of the source's port.</param>
    public static string Failsafes(Direction ports, bool isReply) =>
        $"host-failsafe-{(ports == Direction.Ingress ? "in" : "out")}{(isReply ? "-r" : "")}";

    /// <summary>The profiles of host endpoints by interface.</summary>
    public static string HostMap(HostLayer layer, Direction direction) =>
        $"host-{layer.ToString().ToLowerInvariant()}-{(direction == Direction.Ingress ? "in" : "out")}-map";

    /// <summary>The chain that asks them.</summary>
    public static string HostChain(HostLayer layer, Direction direction) =>
        $"host-{layer.ToString().ToLowerInvariant()}-{(direction == Direction.Ingress ? "in" : "out")}";

    /// <summary>Where packets end of a host endpoint that no policy says anything about.</summary>
    public static string HostClosed(Direction direction) => direction == Direction.Ingress ? "ingress-host" : "egress-host";

    /// <summary>The chain that asks whether a packet resumes a connection that policies of a host endpoint may have ended.</summary>
    public static string HostResumed(HostLayer layer, Direction direction) =>
        $"host-resumed-{layer.ToString().ToLowerInvariant()}-{(direction == Direction.Ingress ? "in" : "out")}";

    /// <summary>Where such packets end.</summary>
    public static string HostEnded(Direction direction) => direction == Direction.Ingress ? "host-resumed-in" : "host-resumed-out";

    /// <summary>The set of interface and source address pairs that are genuine.</summary>
    public static string Sources(IpFamily family) => family == IpFamily.V4 ? "sources4" : "sources6";

    /// <summary>The set of interfaces and addresses behind them: a pod's way to itself.</summary>
    public static string Own(IpFamily family) => family == IpFamily.V4 ? "own4" : "own6";

    /// <summary>The set of local pods, with their interfaces, whose policies name domains.</summary>
    public static string DnsAskers(IpFamily family) => family == IpFamily.V4 ? "dns-askers4" : "dns-askers6";

    /// <summary>The set of the servers of DNS that are believed.</summary>
    public static string DnsServers(IpFamily family) => family == IpFamily.V4 ? "dns-servers4" : "dns-servers6";

    /// <summary>The chain of what is reported although no policy isolates the pod.</summary>
    public static string Open(Direction direction) =>
        direction == Direction.Ingress ? "ingress-open" : "egress-open";

    /// <summary>The chain of a profile; its sets' names start like it.</summary>
    /// <param name="direction">Whose rules.</param>
    /// <param name="identity">What makes two profiles the same: see <see cref="Profile"/>.</param>
    /// <param name="isTaken">True for the name of another profile. There is no room for a digest so long that nobody finds two policies
    /// that share it, or one that shares it with another's: who did would have his rules in the place of theirs.</param>
    public static string Profile(Direction direction, string identity, Predicate<string> isTaken)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        for (var text = identity; ; text += "\nnext")
        {
            SHA256.HashData(Encoding.UTF8.GetBytes(text), digest);
            var name = $"{(direction == Direction.Ingress ? "ingress-" : "egress-")}{Convert.ToHexStringLower(digest[..DigestOctets])}";
            if (!isTaken(name))
            {
                return name;
            }
        }
    }

    /// <summary>What the names of a stage's sets begin with, if not like the profile's chain: shorter by what tells stages apart, for
    /// ipset's sake.</summary>
    /// <param name="direction">Whose rules.</param>
    /// <param name="kind">'s' for a stage, 'l' for what it logs, 'o' for the question about the packet's own end.</param>
    /// <param name="stage">Which.</param>
    /// <param name="chain">The profile's.</param>
    public static string Stem(Direction direction, char kind, int stage, string chain) =>
        $"{(direction == Direction.Ingress ? "in" : "eg")}-{kind}{stage:x}-{chain.AsSpan(chain.Length - (2 * DigestOctets))}";

    /// <summary>A set of a profile, at most 31 characters: "ingress-0123456789ab-flows4-r-d".</summary>
    /// <param name="stem">The chain of the profile's first stage; for another stage a name made like it.</param>
    /// <param name="role">What is looked up, at most six characters.</param>
    /// <param name="family">Null for a set without addresses.</param>
    /// <param name="ranges">True for the interval set beside the exact one.</param>
    /// <param name="action">What its members are told; the name says nothing when they are allowed.</param>
    public static string Set(string stem, string role, IpFamily? family, bool ranges, StageAction action)
    {
        var width = family switch { IpFamily.V4 => "4", IpFamily.V6 => "6", _ => "" };
        var said = action switch
        {
            StageAction.Deny => "-d",
            StageAction.Pass => "-p",
            StageAction.Skip => "-s",
            StageAction.Log => "-l",
            _ => "",
        };
        return $"{stem}-{role}{width}{(ranges ? "-r" : "")}{said}";
    }
}
