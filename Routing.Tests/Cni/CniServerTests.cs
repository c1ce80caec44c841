using System.Buffers.Binary;
using System.Net.Sockets;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Attachments;
using Routing.Agent.Cni;
using Routing.Cni.Protocol;
using Routing.Tests.Fakes;

namespace Routing.Tests.Cni;

/// <summary>The socket and what clients of every kind get from it; the kernel is played.</summary>
internal sealed class CniServerTests
{
    private string _folder = null!;
    private AttachmentService _attachments = null!;
    private PermissivePolicy _policy = null!;
    private TestNode _node = null!;
    private CniServer _server = null!;
    private CancellationTokenSource _stop = null!;
    private Task _running = null!;

    private string SocketPath => Path.Combine(_folder, "cni.sock");

    [SetUp]
    public void Start()
    {
        _folder = Directory.CreateTempSubdirectory("cni").FullName;
        _policy = new PermissivePolicy();
        _node = new TestNode("10.1.0.0/24");
        var kernel = new FakePodKernel();
        for (var index = 0; index < 10; index++)
        {
            kernel.AddPod($"/run/netns/c{index}");
        }

        var records = Path.Combine(_folder, "attachments");
        _attachments = new AttachmentService(
            new AttachmentOptions(), AttachmentStore.Open(records), _node, _policy, kernel,
            TimeProvider.System, NullLogger<AttachmentService>.Instance);
        _server = NewServer();
        _server.Listen();
        _stop = new CancellationTokenSource();
        _running = _server.RunAsync(_stop.Token);
    }

    [TearDown]
    public async Task Stop()
    {
        await _stop.CancelAsync();
        await _running;
        _server.Dispose();
        _attachments.Dispose();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public void Only_root_may_connect() => Assert.That(
        File.GetUnixFileMode(SocketPath), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));

    [Test]
    public void A_socket_that_somebody_answers_on_is_not_taken_over()
    {
        using var second = NewServer();
        var error = Assert.Throws<IOException>(second.Listen);
        Assert.That(error.Message, Does.Contain(SocketPath).And.Contain("another agent"));
    }

    [Test]
    public async Task A_socket_that_a_dead_agent_left_is_replaced()
    {
        var path = Path.Combine(_folder, "dead.sock");
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(path));
            File.Move(path, path + ".kept"); // closing would remove it; a killed process leaves it
        }

        File.Move(path + ".kept", path);
        using var server = NewServer(path);
        server.Listen();
        using var stop = new CancellationTokenSource();
        var running = server.RunAsync(stop.Token);
        Assert.That((await AskAsync(new CniRequest { Command = CniCommand.Status }, path)).OutcomeCase, Is.EqualTo(CniReply.OutcomeOneofCase.Done));
        await stop.CancelAsync();
        await running;
    }

    [Test]
    public void A_path_that_is_too_long_is_refused_by_name()
    {
        using var server = NewServer(Path.Combine(_folder, new string('x', 108)));
        Assert.That(Assert.Throws<IOException>(server.Listen).Message, Does.Contain("107 octets"));
    }

    [TestCase("FFFFFFFF", "4294967295 octets")]
    [TestCase("00100001", "1048577 octets")]
    [TestCase("00000004FFFFFFFF", "cannot be read")]
    [TestCase("0000", "cut short")]
    [TestCase("0000000A0801", "cut short")]
    public async Task Nonsense_gets_an_error_and_the_next_client_is_served(string octets, string complaint)
    {
        using (var client = await ConnectAsync())
        {
            await client.SendAsync(Convert.FromHexString(octets));
            client.Shutdown(SocketShutdown.Send);
            var reply = await ReadReplyAsync(client);
            Assert.That(reply.Failure.Code, Is.EqualTo(CniErrorCode.DecodingFailure));
            Assert.That(reply.Failure.Message, Does.Contain(complaint));
        }

        await AssertServesAsync();
    }

    [Test]
    public async Task Clients_that_say_nothing_or_go_away_are_dropped_and_hold_nobody_up()
    {
        var idle = new List<Socket>();
        for (var each = 0; each < 8; each++)
        {
            idle.Add(await ConnectAsync()); // as many as there may be connections
        }

        (await ConnectAsync()).Dispose();
        await AssertServesAsync(); // after their time has run out
        foreach (var client in idle)
        {
            Assert.That(await client.ReceiveAsync(new byte[1]), Is.Zero, "closed by the server");
            client.Dispose();
        }
    }

    [Test]
    public async Task A_client_that_never_reads_its_reply_is_dropped()
    {
        using var client = await ConnectAsync();
        client.ReceiveBufferSize = 1;
        await SendAsync(client, Add(0));
        await Until.TrueAsync("the call itself was done", () => _attachments.Store.Attachments.Count == 1);
        await AssertServesAsync();
    }

    [Test]
    public async Task Calls_for_one_container_run_in_order_and_others_overtake_them()
    {
        var held = new TaskCompletionSource();
        _policy.Gate = held.Task;
        var add = AskAsync(Add(0));
        await Until.TrueAsync("the ADD waits for its rules", () => _policy.Begun > 0);
        var del = AskAsync(new CniRequest { Command = CniCommand.Del, ContainerId = "c0", IfName = "eth0", TimeoutMilliseconds = 60_000 });

        _policy.Gate = Task.CompletedTask; // for whoever comes now
        Assert.That((await AskAsync(Add(1))).OutcomeCase, Is.EqualTo(CniReply.OutcomeOneofCase.Result));
        Assert.That(add.IsCompleted || del.IsCompleted, Is.False);
        held.SetResult();
        Assert.That((await add).OutcomeCase, Is.EqualTo(CniReply.OutcomeOneofCase.Result));
        Assert.That((await del).OutcomeCase, Is.EqualTo(CniReply.OutcomeOneofCase.Done));
        Assert.That(_attachments.Store.Attachments.Single().Key.ContainerId, Is.EqualTo("c1"));
    }

    [Test]
    public async Task A_call_ends_before_its_shim_gives_up_and_says_so()
    {
        _policy.Gate = new TaskCompletionSource().Task;
        var request = Add(0);
        request.TimeoutMilliseconds = 1000;
        var reply = await AskAsync(request);
        Assert.That(reply.Failure.Code, Is.EqualTo(CniErrorCode.TryAgainLater));
        Assert.That(reply.Failure.Message, Does.Contain("ADD of c0").And.Contain("undone"));
        Assert.That(_policy.Open, Is.Empty);
    }

    [Test]
    public async Task A_stopping_agent_undoes_what_it_has_begun()
    {
        _policy.Gate = new TaskCompletionSource().Task;
        var add = AskAsync(Add(0));
        await Until.TrueAsync("the ADD has begun", () => Directory.EnumerateFiles(Path.Combine(_folder, "attachments")).Any());
        await _stop.CancelAsync();
        await _running;
        Assert.That((await add).Failure.Code, Is.EqualTo(CniErrorCode.TryAgainLater));
        Assert.That(Directory.EnumerateFiles(Path.Combine(_folder, "attachments")), Is.Empty);
    }

    [Test]
    public async Task STATUS_is_answered_while_every_call_is_busy()
    {
        _policy.Gate = new TaskCompletionSource().Task;
        var busy = Enumerable.Range(0, 3).Select(index => AskAsync(Add(index, milliseconds: 2000))).ToList();
        Assert.That((await AskAsync(new CniRequest { Command = CniCommand.Status })).OutcomeCase, Is.EqualTo(CniReply.OutcomeOneofCase.Done));
        await Task.WhenAll(busy);
    }

    [TestCase("", "eth0", "default", "web", CniErrorCode.InvalidEnvironment, "CNI_CONTAINERID")]
    [TestCase("-c", "eth0", "default", "web", CniErrorCode.InvalidEnvironment, "CNI_CONTAINERID")]
    [TestCase("../../etc", "eth0", "default", "web", CniErrorCode.InvalidEnvironment, "CNI_CONTAINERID")]
    [TestCase("c\n", "eth0", "default", "web", CniErrorCode.InvalidEnvironment, "CNI_CONTAINERID")]
    [TestCase("c", "", "default", "web", CniErrorCode.InvalidEnvironment, "CNI_IFNAME")]
    [TestCase("c", "..", "default", "web", CniErrorCode.InvalidEnvironment, "CNI_IFNAME")]
    [TestCase("c", "all", "default", "web", CniErrorCode.InvalidEnvironment, "CNI_IFNAME")]
    [TestCase("c", "a/b", "default", "web", CniErrorCode.InvalidEnvironment, "CNI_IFNAME")]
    [TestCase("c", "eth%d", "default", "web", CniErrorCode.InvalidEnvironment, "CNI_IFNAME")]
    [TestCase("c", "eth 0", "default", "web", CniErrorCode.InvalidEnvironment, "CNI_IFNAME")]
    [TestCase("c", "ethernet-number0", "default", "web", CniErrorCode.InvalidEnvironment, "CNI_IFNAME")]
    [TestCase("c", "eth0", "", "web", CniErrorCode.InvalidEnvironment, "K8S_POD_NAMESPACE")]
    [TestCase("c", "eth0", "a.b", "web", CniErrorCode.InvalidEnvironment, "K8S_POD_NAMESPACE")]
    [TestCase("c", "eth0", "default", "", CniErrorCode.InvalidEnvironment, "K8S_POD_NAME")]
    [TestCase("c", "eth0", "default", "Web", CniErrorCode.InvalidEnvironment, "K8S_POD_NAME")]
    [TestCase("c", "eth0", "default", "../pods", CniErrorCode.InvalidEnvironment, "K8S_POD_NAME")]
    public async Task Values_are_held_to_their_grammar_whoever_sent_them(
        string container, string ifName, string space, string pod, CniErrorCode code, string complaint)
    {
        var request = Add(0);
        (request.ContainerId, request.IfName) = (container, ifName);
        (request.Pod.Namespace, request.Pod.Name) = (space, pod);
        var reply = await AskAsync(request);
        Assert.That(reply.Failure?.Code, Is.EqualTo(code));
        Assert.That(reply.Failure!.Message, Does.Contain(complaint));
        Assert.That(_attachments.Store.Attachments, Is.Empty);
    }

    [TestCase(1279u, "", CniErrorCode.InvalidNetworkConfig, "mtu is 1279")]
    [TestCase(65536u, "", CniErrorCode.InvalidNetworkConfig, "mtu is 65536")]
    [TestCase(0u, "a b", CniErrorCode.InvalidNetworkConfig, "name is 'a b'")]
    public async Task So_is_the_network_configuration(uint mtu, string network, CniErrorCode code, string complaint)
    {
        var request = Add(0);
        (request.Mtu, request.Network) = (mtu, network.Length > 0 ? network : "pods");
        var reply = await AskAsync(request);
        Assert.That(reply.Failure?.Code, Is.EqualTo(code));
        Assert.That(reply.Failure!.Message, Does.Contain(complaint));
    }

    [Test]
    public async Task A_command_of_a_newer_shim_is_refused_with_a_hint()
    {
        var reply = await AskAsync(new CniRequest { Command = (CniCommand)99 });
        Assert.That(reply.Failure.Message, Does.Contain("newer"));
    }

    private CniServer NewServer(string? path = null) => new(
        new CniServerOptions
        {
            SocketPath = path ?? SocketPath,
            MaxConnections = 8,
            MaxConcurrentCalls = 3,
            TransferTimeout = TimeSpan.FromSeconds(5),
        },
        _attachments, _node, TimeProvider.System, NullLogger<CniServer>.Instance);

    private static CniRequest Add(int index, uint milliseconds = 60_000) => new()
    {
        Command = CniCommand.Add,
        Network = "pods",
        ContainerId = $"c{index}",
        IfName = "eth0",
        Netns = $"/run/netns/c{index}",
        Pod = new Pod { Namespace = "default", Name = $"web-{index}" },
        TimeoutMilliseconds = milliseconds,
    };

    private async Task AssertServesAsync() => Assert.That(
        (await AskAsync(new CniRequest { Command = CniCommand.Status })).OutcomeCase, Is.EqualTo(CniReply.OutcomeOneofCase.Done));

    private async Task<CniReply> AskAsync(CniRequest request, string? path = null)
    {
        using var client = await ConnectAsync(path);
        await SendAsync(client, request);
        return await ReadReplyAsync(client);
    }

    private async Task<Socket> ConnectAsync(string? path = null)
    {
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(path ?? SocketPath));
        return client;
    }

    private static async Task SendAsync(Socket client, CniRequest request)
    {
        var message = new byte[4 + request.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(message, message.Length - 4);
        request.WriteTo(message.AsSpan(4));
        await client.SendAsync(message);
    }

    private static async Task<CniReply> ReadReplyAsync(Socket client)
    {
        var prefix = new byte[4];
        await FillAsync(client, prefix);
        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix)];
        await FillAsync(client, body);
        return CniReply.Parser.ParseFrom(body);
    }

    private static async Task FillAsync(Socket client, byte[] buffer)
    {
        for (var filled = 0; filled < buffer.Length;)
        {
            var read = await client.ReceiveAsync(buffer.AsMemory(filled));
            Assert.That(read, Is.Positive, "the server closed before its reply");
            filled += read;
        }
    }
}
