using Microsoft.Extensions.Logging.Abstractions;
using Routing.Agent.Attachments;
using Routing.Agent.Netlink;
using Routing.Agent.Netlink.Route;
using Routing.Policy.Model;
using Routing.Tests.Cni;
using Routing.Tests.Fakes;

namespace Routing.Tests.Attachments;

/// <summary>Every step of an ADD fails once, or is the last the agent lives to do; nothing is left, and a retry
/// works.</summary>
internal sealed class AttachmentServiceTests
{
    private const string Netns = "/run/netns/a";
    private static readonly AttachmentKey Key = new("container-a", "eth0");

    private readonly List<AttachmentService> _services = [];
    private FakePodKernel _kernel = null!;
    private FakeRouteNetlink _pod = null!;
    private PermissivePolicy _policy = null!;
    private string _folder = null!;

    private AttachmentService Service => _services[^1];

    [SetUp]
    public void Make_a_node()
    {
        _kernel = new FakePodKernel();
        _pod = _kernel.AddPod(Netns);
        _policy = new PermissivePolicy();
        _folder = Directory.CreateTempSubdirectory("attachments").FullName;
        StartService();
    }

    [TearDown]
    public void Remove_it()
    {
        _services.ForEach(each => each.Dispose());
        _services.Clear();
        Directory.Delete(_folder, recursive: true);
    }

    [TestCase(RouteOperation.AddVeth, true)]
    [TestCase(RouteOperation.SetLink, true)]
    [TestCase(RouteOperation.PutNeighbour, true)]
    [TestCase(RouteOperation.PutRoute, true)]
    [TestCase(RouteOperation.SetLink, false)]
    [TestCase(RouteOperation.AddAddress, false)]
    [TestCase(RouteOperation.PutNeighbour, false)]
    [TestCase(RouteOperation.PutRoute, false)]
    public async Task A_refusal_of_any_operation_leaves_nothing_and_a_retry_converges(RouteOperation operation, bool onHost)
    {
        (onHost ? _kernel.Host : _pod).FailNext(operation);
        await Assert.ThrowsAsync<NetlinkException>(AttachAsync);
        AssertNothingLeft();
        await AssertRetryWorksAsync();
    }

    [TestCase("rp_filter")]
    [TestCase("proxy_ndp")]
    [TestCase("eth0/accept_ra")]
    public async Task A_setting_that_is_refused_leaves_nothing(string setting)
    {
        _kernel.FailSetting = setting;
        await Assert.ThrowsAsync<NetlinkException>(AttachAsync);
        AssertNothingLeft();
        await AssertRetryWorksAsync();
    }

    [Test]
    public async Task Rules_that_cannot_be_made_leave_nothing()
    {
        _policy.FailNextCommit = new NetlinkException("commit", "inet routing", 12);
        await Assert.ThrowsAsync<NetlinkException>(AttachAsync);
        AssertNothingLeft();
        await AssertRetryWorksAsync();
    }

    [Test]
    public async Task A_record_that_cannot_be_written_leaves_nothing()
    {
        Directory.Delete(_folder);
        await Assert.ThrowsAsync<DirectoryNotFoundException>(AttachAsync);
        Directory.CreateDirectory(_folder);
        AssertNothingLeft();
        await AssertRetryWorksAsync();
    }

    [Test]
    public async Task A_call_that_runs_out_of_time_is_undone()
    {
        var held = new TaskCompletionSource();
        _policy.Gate = held.Task;
        using var deadline = new CancellationTokenSource();
        var call = Service.AttachAsync(Request(), deadline.Token);
        await Until.TrueAsync("wired beside the rules", () => _kernel.Host.FindLink(Key.HostInterface()) is not null);
        await deadline.CancelAsync();
        await Assert.ThrowsAsync(Is.InstanceOf<OperationCanceledException>(), () => call);
        _policy.Gate = Task.CompletedTask;
        AssertNothingLeft();
        await AssertRetryWorksAsync();
    }

    [Test]
    public async Task An_undo_that_fails_leaves_a_record_for_the_DEL()
    {
        _pod.FailNext(RouteOperation.PutRoute);
        _kernel.Host.FailNext(RouteOperation.RemoveLink);
        _kernel.Host.FailNext(RouteOperation.RemoveLink);
        var failure = await Assert.ThrowsAsync<NetlinkException>(AttachAsync);
        Assert.That(failure!.Operation, Does.Contain("route"), "the first failure is told");
        Assert.That(Directory.EnumerateFiles(_folder).Select(Path.GetExtension), Is.EqualTo(new[] { ".wiring" }));
        Assert.That(Service.Store.Attachments, Is.Empty, "it is not offered as made");

        await Service.DetachAsync(Key, CancellationToken.None);
        AssertNothingLeft();
        await AssertRetryWorksAsync();
    }

    [Test]
    public async Task GC_takes_what_an_undo_had_to_leave_and_leaves_an_ADD_on_its_way()
    {
        _pod.FailNext(RouteOperation.PutRoute);
        _kernel.Host.FailNext(RouteOperation.RemoveLink);
        _kernel.Host.FailNext(RouteOperation.RemoveLink);
        await Assert.ThrowsAsync<NetlinkException>(AttachAsync);
        await CollectAsync();
        AssertNothingLeft();

        var held = new TaskCompletionSource();
        _policy.Gate = held.Task;
        var add = AttachAsync();
        await Until.TrueAsync("the ADD has begun", () => Directory.EnumerateFiles(_folder).Any());
        var collection = CollectAsync();
        held.SetResult();
        await Task.WhenAll(add, collection);
        Assert.That((await Service.CheckAsync(Key, CancellationToken.None))!.Value.Differences, Is.Empty);

        await CollectAsync();
        AssertNothingLeft();

        Task CollectAsync() => Service.DetachAllExceptAsync("pods", new HashSet<AttachmentKey>(), CancellationToken.None);
    }

    [Test]
    public async Task An_ADD_after_a_failed_undo_starts_over_with_the_same_addresses()
    {
        _pod.FailNext(RouteOperation.PutRoute);
        _kernel.Host.FailNext(RouteOperation.RemoveLink);
        _kernel.Host.FailNext(RouteOperation.RemoveLink);
        await Assert.ThrowsAsync<NetlinkException>(AttachAsync);

        var attachment = await AttachAsync();
        Assert.That(attachment.IPv4!.ToString(), Is.EqualTo("10.1.0.1"));
        Assert.That((await Service.CheckAsync(Key, CancellationToken.None))!.Value.Differences, Is.Empty);
    }

    /// <summary>The agent is killed at each step in turn: nothing works from there on, not even its undo. A new one
    /// starts on what is left, and the runtime calls DEL as it does for every ADD that failed.</summary>
    [Test]
    public async Task Killed_at_any_step_a_restart_and_the_DEL_leave_nothing()
    {
        await AttachAsync();
        var steps = _kernel.Steps;
        await Service.DetachAsync(Key, CancellationToken.None);
        Assert.That(steps, Is.GreaterThan(20));

        for (var step = 1; step <= steps; step++)
        {
            _kernel.DiesAt = _kernel.Steps + step;
            await Assert.ThrowsAsync<NetlinkException>(AttachAsync, $"step {step}");
            _kernel.DiesAt = null;
            _policy.Forget();

            StartService();
            await Service.DetachAsync(Key, CancellationToken.None);
            AssertNothingLeft();
            await AssertRetryWorksAsync();
            await Service.DetachAsync(Key, CancellationToken.None);
        }
    }

    [Test]
    public async Task Interfaces_without_a_record_are_removed_only_when_proven_ours_and_never_up()
    {
        var attachment = await AttachAsync();
        File.Delete(Path.Combine(_folder, $"{attachment.HostInterface}.json"));
        _kernel.Host.AddLink("rt0123456789ab", "veth", up: false);
        var dead = new AttachmentKey("dead", "eth0").HostInterface();
        var link = _kernel.Host.AddLink(dead, "veth", up: false);
        _kernel.Host.ChangeLink(link.IfIndex, new LinkChange { Alias = "default/dead dead/eth0" });

        StartService();
        Assert.That(_kernel.Host.ListLinks().Select(each => each.Name),
            Is.EquivalentTo(new[] { "lo", attachment.HostInterface, "rt0123456789ab" }));
    }

    [Test]
    public void A_record_that_cannot_be_read_is_put_aside_and_the_others_count()
    {
        var name = Key.HostInterface();
        File.WriteAllText(Path.Combine(_folder, $"{name}.json"), "{");
        var store = AttachmentStore.Open(_folder);
        Assert.That(store.Attachments, Is.Empty);
        Assert.That(store.Problems.Single(), Does.Contain(name));
        Assert.That(File.Exists(Path.Combine(_folder, $"{name}.unreadable")));
    }

    [Test]
    public async Task A_kernel_without_IPv6_is_not_asked_about_link_local_addresses()
    {
        _kernel.HasIPv6 = false;
        await AttachAsync();
        var asked = _kernel.Host.Changes.Concat(_pod.Changes).OfType<RouteChange.SetLink>()
            .Where(change => change.Change.GenerateLinkLocal is not null);
        Assert.That(asked, Is.Empty);
    }

    [Test]
    public void A_node_that_routes_keeps_listening_to_router_advertisements()
    {
        _kernel.Settings["ipv4/ip_forward"] = "0";
        _kernel.Settings["ipv6/conf/all/forwarding"] = "0";
        _kernel.Settings["ipv6/conf/uplink/accept_ra"] = "1";
        _kernel.Settings["ipv6/conf/quiet/accept_ra"] = "0";
        _kernel.Host.AddLink("uplink");
        _kernel.Host.AddLink("quiet");

        StartService();
        Assert.That(_kernel.Settings, Is.EquivalentTo(new Dictionary<string, string>
        {
            ["ipv4/ip_forward"] = "1",
            ["ipv6/conf/all/forwarding"] = "1",
            ["ipv6/conf/uplink/accept_ra"] = "2",
            ["ipv6/conf/quiet/accept_ra"] = "0",
        }));
    }

    private void StartService()
    {
        var service = new AttachmentService(
            new AttachmentOptions(), AttachmentStore.Open(_folder),
            new TestNode("10.1.0.0/24", "fd00::/64"), _policy, _kernel, TimeProvider.System,
            NullLogger<AttachmentService>.Instance);
        _services.Add(service);
        service.Reconcile();
    }

    private static AttachmentRequest Request() =>
        new(Key, new NamespacedName("default", "a"), "uid", Netns, "pods", 1400);

    private Task<Attachment> AttachAsync() => Service.AttachAsync(Request(), CancellationToken.None);

    private async Task AssertRetryWorksAsync()
    {
        await AttachAsync();
        Assert.That((await Service.CheckAsync(Key, CancellationToken.None))!.Value.Differences, Is.Empty);
        Assert.That(_policy.Open, Is.EqualTo(new[] { Key }));
    }

    private void AssertNothingLeft() => Assert.Multiple(() =>
    {
        Assert.That(_kernel.Host.ListLinks().Select(each => each.Name), Is.EqualTo(new[] { "lo" }));
        Assert.That(_kernel.Host.ListRoutes(new RouteFilter()), Is.Empty);
        Assert.That(_kernel.Host.ListNeighbours(), Is.Empty);
        Assert.That(_pod.ListLinks().Select(each => each.Name), Is.EqualTo(new[] { "lo" }));
        Assert.That(_policy.Open, Is.Empty);
        Assert.That(Service.Store.Attachments, Is.Empty);
        Assert.That(Directory.EnumerateFiles(_folder), Is.Empty);
    });
}
