using Routing.Agent.Lab;

namespace Routing.Tests.Lab;

[TestFixture]
public sealed class LabManifestsTests
{
    private string _folder = "";

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("lab-manifests").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void The_example_in_the_program_is_the_one_in_the_tree()
    {
        var built = LabManifests.Load(null);
        var tree = LabManifests.Load(Repository.PathOf("examples/lab"));

        Assert.That(built.Select(manifest => manifest.Json.ToJsonString()), Is.EqualTo(tree.Select(manifest => manifest.Json.ToJsonString())));
    }

    [Test]
    public void The_example_has_twelve_pods_in_three_namespaces()
    {
        var pods = LabManifests.Load(null).Where(manifest => manifest.Kind == "Pod").ToList();

        Assert.That(pods, Has.Count.EqualTo(12));
        Assert.That(pods.Select(pod => pod.Namespace).Distinct(), Is.EquivalentTo(["shop", "bank", "ops"]));
    }

    [TestCase("podSelector")]
    [TestCase("namespaceSelector")]
    [TestCase("matchExpressions")]
    [TestCase("ipBlock")]
    [TestCase("except")]
    [TestCase("endPort")]
    [TestCase("egress")]
    [TestCase("UDP")]
    [TestCase("\"port\":\"sql\"")]
    public void The_example_s_policies_show(string feature) => Assert.That(
        LabManifests.Load(null).Where(manifest => manifest.Kind == "NetworkPolicy").Select(manifest => manifest.Json.ToJsonString()),
        Has.Some.Contains(feature));

    [Test]
    public void Our_own_kinds_are_defined() => Assert.That(
        LabManifests.Definitions.Select(definition => definition.Name),
        Is.EquivalentTo(
            ["bgpconfigurations.routing.dev", "bgpfilters.routing.dev", "bgppeergroups.routing.dev", "bgppeers.routing.dev"]));

    [TestCase("kind: Pod\n", "a.yaml:1: apiVersion: missing; every object has an apiVersion and a kind")]
    [TestCase("apiVersion: v1\nkind: [Pod\n", "a.yaml:")]
    [TestCase("# nothing\n---\njust text\n", "a.yaml:3: this is no Kubernetes object")]
    public void Names_file_and_line_of(string text, string expected)
    {
        File.WriteAllText(Path.Combine(_folder, "a.yaml"), text);

        var error = Assert.Throws<LabException>(() => LabManifests.Load(_folder))!;

        Assert.That(error.Message, Does.StartWith(Path.Combine(_folder, expected)).And.Not.Contain("\n"));
    }

    [Test]
    public void Names_a_folder_that_is_not_there() => Assert.That(
        Assert.Throws<LabException>(() => LabManifests.Load("/no/such/folder"))!.Message, Does.StartWith("-f /no/such/folder: no such folder"));

    [Test]
    public void Names_a_folder_without_manifests() => Assert.That(
        Assert.Throws<LabException>(() => LabManifests.Load(_folder))!.Message, Does.StartWith(_folder));
}
