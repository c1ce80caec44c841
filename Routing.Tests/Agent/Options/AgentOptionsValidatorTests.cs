using Routing.Agent.Cli;
using Routing.Agent.Options;

namespace Routing.Tests.Agent.Options;

public sealed class AgentOptionsValidatorTests
{
    [Test]
    public void Defaults_are_right() =>
        Assert.That(AgentOptionsValidator.Validate(new AgentOptions { NodeName = "node-1.rack" }), Is.Empty);

    [Test]
    public void All_problems_are_told_at_once_with_flag_value_and_what_is_allowed()
    {
        var problems = AgentOptionsValidator.Validate(new AgentOptions
        {
            NodeName = "Node_1",
            Kubeconfig = "/no/such/file",
            StateDirectory = "relative",
            MetricsPort = 65536,
            MetricsAddress = "localhost",
            LogLevel = "Loud",
        });
        Assert.That(problems, Has.Count.EqualTo(6));
        Assert.That(problems, Has.All.Match(@"^--[a-z-]+ '[^']+': (allowed|no such file)"));
    }

    [Test]
    public void A_state_directory_must_leave_room_for_a_sockets_name() => Assert.That(
        AgentOptionsValidator.Validate(new AgentOptions { NodeName = "n", StateDirectory =
            "/" + new string('d', 100) }).Single(),
        Does.Contain("allowed are 96 characters"));

    [Test]
    public void A_controllers_too() => Assert.That(
        ControllerOptionsValidator.Validate(new ControllerOptions
        {
            Kubeconfig = "/no/such/file",
            Lease = "Kube-System/x",
            MetricsPort = 0,
            MetricsAddress = "localhost",
            LogLevel = "Loud",
        }),
        Has.Count.EqualTo(5).And.All.Match(@"^--[a-z-]+ '[^']+': (allowed|no such file)"));

    [Test]
    public void A_controllers_defaults_are_right() =>
        Assert.That(ControllerOptionsValidator.Validate(new ControllerOptions()), Is.Empty);

    [TestCase("controller --lease name", "--lease 'name': allowed is NAMESPACE/NAME")]
    [TestCase("policy", "a verb is missing, one of eval, compile, explain, diff, matrix, lint, list, names, counters (see 'routing policy --help')")]
    [TestCase("policy matrix --by team", "--by: Argument 'team' not recognized. Must be one of: 'namespace' 'workload' 'pod'")]
    [TestCase("log-level Loud", "Cannot parse argument 'Loud' for command 'log-level'. Did you mean one of the following? Debug Error")]
    [TestCase("agent", "Option '--node' is required")]
    [TestCase("agent --node n --metrics-port many", "Cannot parse argument 'many' for option '--metrics-port'")]
    [TestCase("agent --node n --nope", "unknown verb or argument '--nope' (see 'routing agent --help')")]
    [TestCase("nope", "unknown verb or argument 'nope' (see 'routing --help')")]
    [TestCase("bgp routes 10.0.0.1/8", "'10.0.0.1/8' is not a prefix; allowed is one like 10.1.0.0/26")]
    [TestCase("pods -o yaml", "'yaml'")]
    [TestCase("status --node a --socket /b", "--socket and --node both say what agent to ask")]
    [TestCase("topology export --format png", "'png'")]
    [TestCase("agent --node UP --kubeconfig /no", "--node 'UP': allowed is the name of a Node")]
    [TestCase("topology export --kubeconfig /no/such", "--kubeconfig '/no/such': no such file")]
    public async Task Wrong_usage_is_one_line_and_exit_code_2(string line, string message)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(line.Split(' '), output, error);
        Assert.That(code, Is.EqualTo(2));
        Assert.That(output.ToString(), Is.Empty);
        Assert.That(error.ToString(), Does.StartWith("routing: ").And.Contain(message));
        Assert.That(error.ToString().TrimEnd('\n'), Does.Not.Contain("\n"));
    }

    [TestCase("status")]
    [TestCase("bgp summary")]
    [TestCase("bgp peers")]
    [TestCase("bgp peers tor-1")]
    [TestCase("bgp routes")]
    [TestCase("bgp explain 10.0.0.0/8")]
    [TestCase("pods --json")]
    [TestCase("policy list -o json")]
    [TestCase("policy names")]
    [TestCase("topology export")]
    [TestCase("log-level Debug")]
    public async Task A_missing_socket_is_named_with_the_remedy_and_exit_code_1(string line)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync([.. line.Split(' '), "--socket", "/no/such.sock"], output, error);
        Assert.That(code, Is.EqualTo(1));
        Assert.That(error.ToString(), Is.EqualTo("routing: no agent at /no/such.sock: is it running? Another agent is named "
            + "with --socket PATH, a node of the lab with --node NAME\n"));
        Assert.That(output.ToString(), Is.Empty);
    }
}
