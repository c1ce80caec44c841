using System.Text.RegularExpressions;

namespace Routing.Tests.Layering;

/// <summary>The direction of dependencies (ARCHITECTURE.md): read from the <c>using</c> lines, so a wrong arrow fails here
/// before it is built upon.</summary>
[TestFixture]
public sealed partial class LayeringTests
{
    // A folder, and all of our namespaces that its files may use besides their own folder.
    private static readonly (string Folder, string[] Allowed)[] Arrows =
    [
        ("Routing.Bgp/Wire", ["Routing.Bgp.Wire"]),
        ("Routing.Bgp/Fsm", ["Routing.Bgp.Wire"]),
        ("Routing.Bgp/RoutePolicy", ["Routing.Bgp.Wire"]),
        ("Routing.Bgp/Bfd", ["Routing.Bgp.Wire"]),
        ("Routing.Bgp/Rpki", ["Routing.Bgp.Wire", "Routing.Bgp.RoutePolicy"]),
        ("Routing.Bgp/Rib", ["Routing.Bgp.Wire", "Routing.Bgp.RoutePolicy"]),
        ("Routing.Bgp/Session",
            ["Routing.Bgp.Wire", "Routing.Bgp.Fsm", "Routing.Bgp.Rib", "Routing.Bgp.RoutePolicy", "Routing.Bgp.Bfd"]),
        ("Routing.Bgp/Mrt", ["Routing.Bgp.Wire", "Routing.Bgp.Fsm", "Routing.Bgp.Rib", "Routing.Bgp.Session"]),
        ("Routing.Bgp/Bmp", ["Routing.Bgp.Wire", "Routing.Bgp.Fsm", "Routing.Bgp.Rib", "Routing.Bgp.Session"]),
        ("Routing.Bgp", ["Routing.Bgp"]),
        ("Routing.Policy/Model", ["Routing.Policy.Rules"]),
        ("Routing.Policy/Rules", []),
        ("Routing.Policy/Selectors", ["Routing.Policy.Model"]),
        ("Routing.Policy/Render", ["Routing.Policy.Rules", "Routing.Policy.Model"]),
        ("Routing.Policy/Reference", ["Routing.Policy.Model", "Routing.Policy.Selectors", "Routing.Policy.Rules"]),
        ("Routing.Policy/Analysis", ["Routing.Policy.Model", "Routing.Policy.Reference", "Routing.Policy.Rules"]),
        ("Routing.Policy", ["Routing.Policy"]),
        ("Routing.Cni", ["Routing.Cni"]),

        // Of the policy, addresses as numbers and lists that compare by value.
        ("Routing.Agent/Netlink", ["Routing.Agent.Native", "Routing.Agent.Namespaces", "Routing.Policy.Model", "Routing.Policy.Rules"]),
        ("Routing.Agent/Native", ["Routing.Agent.Netlink"]), // for the exception alone
        ("Routing.Agent/Namespaces", ["Routing.Agent.Native", "Routing.Agent.Netlink"]),
        ("Routing.Agent", ["Routing.Agent", "Routing.Bgp", "Routing.Policy", "Routing.Cni.Protocol"]),
    ];

    public static IEnumerable<TestCaseData> Folders() =>
        Arrows.Select(arrow => new TestCaseData(arrow.Folder, arrow.Allowed).SetName($"{arrow.Folder} uses only what is below it"));

    [TestCaseSource(nameof(Folders))]
    public void Uses_only_what_is_below_it(string folder, string[] allowed)
    {
        var own = folder.Replace('/', '.');
        var wrong =
            from file in Repository.SourceFiles(folder)
            from Match match in UsingLine().Matches(File.ReadAllText(file))
            let used = match.Groups["namespace"].Value
            where !allowed.Append(own).Any(prefix => used == prefix || used.StartsWith(prefix + ".", StringComparison.Ordinal))
            select $"{Path.GetRelativePath(Repository.Root, file)} uses {used}";
        Assert.That(wrong, Is.Empty);
    }

    [TestCase("Routing.Bgp/Wire")]
    [TestCase("Routing.Bgp/Fsm")]
    public void Octets_and_states_know_no_socket_clock_logger_or_task(string folder)
    {
        var wrong =
            from file in Repository.SourceFiles(folder)
            from Match match in ImpureName().Matches(Comment().Replace(File.ReadAllText(file), ""))
            select $"{Path.GetRelativePath(Repository.Root, file)} names {match.Value}";
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void Kubernetes_types_stop_at_the_translators()
    {
        var wrong =
            from file in Repository.SourceFiles("Routing.Policy")
            where !file.Contains("/Translate/", StringComparison.Ordinal)
            where File.ReadAllText(file).Contains("using k8s", StringComparison.Ordinal)
            select Path.GetRelativePath(Repository.Root, file);
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void Every_path_that_the_documents_name_exists()
    {
        var wrong =
            from document in new[] { "ARCHITECTURE.md", "CONTRIBUTING.md", "README.md" }
            where File.Exists(Repository.PathOf(document))
            from Match match in DocumentedPath().Matches(File.ReadAllText(Repository.PathOf(document)))
            let path = Repository.PathOf(match.Groups["path"].Value)
            where !File.Exists(path) && !Directory.Exists(path) && !File.Exists(path + ".cs")
            select $"{document} names {match.Groups["path"].Value}";
        Assert.That(wrong, Is.Empty);
    }

    [GeneratedRegex(@"^(?:global )?using (?:static )?(?:\w+ = )?(?<namespace>Routing\.[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex UsingLine();

    [GeneratedRegex(@"\b(Socket|ILogger|Task|ValueTask|TimeProvider|DateTime|DateTimeOffset|Stopwatch)\b")]
    private static partial Regex ImpureName();

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"`(?<path>(?:Routing\.\w+|docs|examples|charts|scripts|\.ci)/[\w./-]*\w)`")]
    private static partial Regex DocumentedPath();
}
