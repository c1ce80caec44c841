namespace Routing.Tests.Lab;

/// <summary>Mistakes of the lab's user: one line on stderr, nothing on stdout, nothing half-built.</summary>
[TestFixture]
[Category("Netns")]
public sealed class LabErrorTests : LabFixture
{
    private string _folder = "";

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("lab-errors").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    [TestCase("lab --nodes 0", "--nodes is 0; it may be 1 to 32")]
    [TestCase("lab --nodes 33", "--nodes is 33; it may be 1 to 32")]
    [TestCase("lab --nodes many", "many")]
    [TestCase("lab --tor quagga", "quagga")]
    [TestCase("lab --output yaml", "yaml")]
    [TestCase("lab --twice", "--twice")]
    [TestCase("lab up", "up")]
    public async Task Wrong_usage(string arguments, string named)
    {
        var (exitCode, output, error) = await LabRun.ToEndAsync(Machine, arguments.Split(' '));

        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(output, Is.Empty);
        CheckOneLine(error, named);
    }

    [Test]
    public async Task Not_root()
    {
        // A user namespace without a mapping: nobody for the program, but still root for the folders on the way to it.
        await using var lab = LabRun.StartProgram(Machine, Requires.Tool("unshare"), "--user", LabRun.Program, "lab", "--once");

        Assert.That(await lab.WaitForExitAsync(), Is.EqualTo(1));
        CheckOneLine(lab.Error, "the lab makes network namespaces, which only root may; run it with sudo");
    }

    [TestCase("kind: Pod\nmetadata: {name: a}\n", "pod.yaml:1: apiVersion: missing", TestName = "No apiVersion")]
    [TestCase("apiVersion: v1\nkind: Pod\n  metadata:\n", "pod.yaml:3: ", TestName = "No YAML")]
    [TestCase("apiVersion: v1\nkind: Gnome\nmetadata: {name: a}\n", "pod.yaml:2: ", "Gnome", TestName = "A kind that is not served")]
    [TestCase("""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: a, namespace: default}
        spec:
          podSelector: {}
          ingress:
            - ports:
                - port: 80
                  endPort: 70
        """, "pod.yaml:9: ", "spec.ingress[0].ports[0].endPort", TestName = "A value the API refuses")]
    [TestCase("""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: a, namespace: default}
        spec:
          podSelector: {}
          ingres: []
        """, "pod.yaml:6: ", "spec.ingres: unknown field", TestName = "A field that does not exist")]
    [TestCase("apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: nowhere}\nspec: {containers: [{name: a, image: a}]}\n",
        "pod.yaml:1: ", "nowhere", TestName = "A namespace that is not there")]
    public async Task A_bad_manifest(string text, params string[] named)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "pod.yaml"), text);
        var before = MachineState.Read(Machine);

        var (exitCode, output, error) = await LabRun.ToEndAsync(Machine, "lab", "--once", "--nodes", "1", "--json", "-f", _folder);

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(output, Is.Empty);
        CheckOneLine(error.Split('\n').Last(line => line.Length > 0) + "\n", named);
        Assert.That(MachineState.Read(Machine), Is.EqualTo(before));
    }

    [Test]
    public async Task A_namespace_of_the_same_name_that_is_not_the_lab_s()
    {
        var name = "node-1";
        Machine.Tool("ip", "netns", "add", name);
        var before = MachineState.Read(Machine);

        var (exitCode, _, error) = await LabRun.ToEndAsync(Machine, "lab", "--once");

        Assert.That(exitCode, Is.EqualTo(1));
        CheckOneLine(error, "network namespace 'node-1' exists and is not the lab's; remove it with: ip netns delete node-1");
        Assert.That(MachineState.Read(Machine), Is.EqualTo(before), "the stranger is left alone");
    }

    private static void CheckOneLine(string error, params string[] named)
    {
        Assert.That(error, Does.StartWith("routing: ").And.EndsWith("\n"));
        Assert.That(error.TrimEnd('\n'), Does.Not.Contain("\n"), "one line");
        foreach (var word in named)
        {
            Assert.That(error, Does.Contain(word));
        }
    }
}
