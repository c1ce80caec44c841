using System.Text.RegularExpressions;
using CsCheck;
using Routing.Agent.Cli;
using Routing.Agent.Manifests;
using Routing.Policy.Controller;
using Routing.Policy.Model;
using Routing.Policy.Reference;

namespace Routing.Tests.Policy.Cli;

public partial class ManifestFuzzTests
{
    private static readonly string[] Originals =
    [
        File.ReadAllText(Repository.PathOf("Routing.Tests/Golden/policy/cluster.yaml")),
        File.ReadAllText(Repository.PathOf("Routing.Tests/Golden/policy/calico/cluster.yaml")),
        File.ReadAllText(Repository.PathOf("Routing.Tests/Golden/policy/fuzz/every-kind.yaml")),
    ];

    /// <summary>What a field is given that wants something else, and may be nearly right.</summary>
    private static readonly string[] Strangers =
    [
        "[]", "{}", "[null]", "[{}]", "{a: b}", "null", "\"\"", "-1", "65536", "99999999999999999999", "1.5", "true", "2026-01-01",
        "10.0.0.0/33", "10.0.0.1/8", "::/129", "all() &&", "(((((", "has(", "a in {", "Deny", "TCP", "\"1:0\"", "\"*\"", "[[]]",
    ];

    private static readonly string[] Fragments =
        ["{", "}", "[", "]", ":", "- ", "&a ", "*a", "\"", "'", "\t", "null", "~", "-1", "1e9", "!!int ", "---\n", "\0", "ü", "#", "|\n", "? "];

    /// <summary>Those that may end a document's being one, and begin none.</summary>
    private static readonly string[] BreakingFragments = ["{", "}", "[", "]", ": ", "- ", "&a ", "*a", "\"", "'", "\n\t", "!!int ", "|\n", "? "];

    [Test]
    public void The_original_of_every_kind_is_read()
    {
        var read = ClusterManifests.Read([Repository.PathOf("Routing.Tests/Golden/policy/fuzz/every-kind.yaml")]);
        Assert.That(read.Cluster.Policies.Keys.Select(key => key.Kind).Distinct(), Is.EquivalentTo(Enum.GetValues<PolicyKind>()));
    }

    [Test]
    public void A_file_of_any_shape_is_read_or_refused_with_reasons() => Check(300, Mutate);

    [Test]
    public void A_value_of_any_kind_is_taken_or_refused_with_object_field_and_line() => Check(600, Replace);

    [Test]
    public void What_is_read_of_a_document_does_not_depend_on_those_before_and_after_it() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            string[] documents = [.. Originals[random.Next(Originals.Length)].Split("\n---\n")
                .Select(text => (random.Next(2) == 0 ? text : Insert(text, random)) + "\n").Take(8)];
            var all = string.Join("---\n", documents);
            Assert.That(Read(all), Is.EqualTo(documents.SelectMany(Read)), () => all);

            static string[] Read(string text) =>
                [.. ManifestReader.ReadTexts([("text", new StringReader(text))]).Manifests.Select(manifest => manifest.Json.ToJsonString())];

            // Not before its first character: of a document that is a block scalar the library finds no end.
            static string Insert(string text, Random random) =>
                text.Insert(1 + random.Next(text.Length), BreakingFragments[random.Next(BreakingFragments.Length)]);
        },
        iter: 200);

    [Test]
    public void No_verb_ends_otherwise_than_by_an_answer_or_a_reason() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var original = Originals[random.Next(Originals.Length)];
            var text = original;
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                text = random.Next(4) == 0 ? Mutate(text, random) : Replace(text, random);
            }

            var (file, old) = (TemporaryFile(text), TemporaryFile(original));
            try
            {
                string[][] verbs =
                [
                    ["lint", "-f", file], ["matrix", "-f", file, "--by", "pod"], ["matrix", "-f", file, "-o", "svg"], ["diff", "--old", old, "-f", file],
                    ["compile", "-f", file, "--node", "n1"], ["explain", "-f", file, "--from", "10.0.0.1", "--to", "10.0.0.2", "--port", "80"],
                ];
                foreach (var verb in verbs)
                {
                    using var output = new StringWriter();
                    using var error = new StringWriter();
                    var code = CommandLine.RunAsync(["policy", .. verb], output, error).GetAwaiter().GetResult();
                    Assert.That(code, Is.InRange(0, 2), () => $"{verb[0]}: {error}");
                    Assert.That(output.ToString() + error, Is.Not.Empty, verb[0]);
                }
            }
            finally
            {
                File.Delete(file);
                File.Delete(old);
            }
        },
        iter: 40);

    private static void Check(int files, Func<string, Random, string> mutate) => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var text = Originals[random.Next(Originals.Length)];
            for (var i = random.Next(1, 6); i > 0; i--)
            {
                text = mutate(text, random);
            }

            var file = TemporaryFile(text);
            try
            {
                var read = ClusterManifests.Read([file]);
                foreach (var error in read.Errors)
                {
                    Assert.That(error.Line, Is.InRange(1, text.Split('\n').Length + 1), () => $"{error}");
                    Assert.That(error.Message, Is.Not.Empty.And.Not.Contain("\n"));
                    Assert.That(
                        error.Problem is null || (error.Object.Length > 0 && error.Problem.Field.Length > 0), () => $"{error}");
                }

                // Whatever could be read can be worked with.
                var node = new NodePolicy("n1");
                node.Replace(read.Cluster);
                node.Compile();
                var evaluator = new PolicyEvaluator(read.Cluster);
                foreach (var pod in read.Cluster.Pods.Keys)
                {
                    evaluator.Evaluate(new Flow(new FlowEnd.Pod(pod), new FlowEnd.Pod(pod), TransportProtocol.Tcp, 80));
                }
            }
            finally
            {
                File.Delete(file);
            }
        },
        iter: files);

    private static string TemporaryFile(string text)
    {
        var file = Path.Combine(Path.GetTempPath(), $"routing-fuzz-{Guid.NewGuid():N}.yaml");
        File.WriteAllText(file, text);
        return file;
    }

    /// <summary>Gives one field a value of another kind.</summary>
    private static string Replace(string text, Random random)
    {
        var values = Value().Matches(text);
        var value = values[random.Next(values.Count)];
        return text.Remove(value.Index, value.Length).Insert(value.Index, Strangers[random.Next(Strangers.Length)]);
    }

    /// <summary>A value behind its key: a scalar, or a list or mapping that holds no other.</summary>
    [GeneratedRegex(@"(?<=\w: )(\[[^\[\]{}]*\]|\{[^\[\]{}]*\}|[^,\[\]{}\n]+)")]
    private static partial Regex Value();

    private static string Mutate(string text, Random random)
    {
        var at = random.Next(text.Length);
        var length = Math.Min(random.Next(1, 12), text.Length - at);
        var lines = text.Split('\n');
        switch (random.Next(5))
        {
            case 0:
                return text.Remove(at, length);
            case 1:
                return text.Insert(at, Fragments[random.Next(Fragments.Length)]);
            case 2:
                return text.Remove(at, length).Insert(at, Fragments[random.Next(Fragments.Length)]);
            case 3:
                var (a, b) = (random.Next(lines.Length), random.Next(lines.Length));
                (lines[a], lines[b]) = (lines[b], lines[a]);
                return string.Join('\n', lines);
            default:
                return text.Insert(at, text.Substring(random.Next(text.Length - length), length));
        }
    }
}
