using System.Net;
using k8s.Models;
using Routing.Agent.KubeApi;
using Routing.Agent.Lab.Api;
using Routing.Tests.Fakes;
using Routing.Tests.Lab.Api;

namespace Routing.Tests.KubeApi;

/// <summary>A watch against a lab API, and what may go wrong between them.</summary>
internal sealed class ResourceWatchTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    private TestApi _api = null!;

    [SetUp]
    public async Task Start() => _api = await TestApi.StartAsync();

    [TearDown]
    public async Task Stop() => await _api.DisposeAsync();

    [Test]
    public async Task Begins_with_everything_whatever_the_size_of_a_page()
    {
        await using var follower = new Follower<V1Namespace>(_api, new ResourceWatchOptions { PageSize = 3 });

        await follower.SeesAsync("Replaced default,kube-node-lease,kube-public,kube-system");
        Assert.That(follower.Faults.Lists.Count(), Is.EqualTo(2));
        await follower.ConnectedAsync();
        Assert.That(follower.Watch.State.Synced, Is.True);
    }

    [Test]
    public async Task Tells_of_changes_and_deletions_in_the_chosen_part_only()
    {
        var options = new ResourceWatchOptions { Namespace = "default", LabelSelector = "a=1", FieldSelector = "metadata.name!=z" };
        await using var follower = new Follower<V1ConfigMap>(_api, options);
        await follower.ConnectedAsync();

        await PutAsync("x", "1");
        await PutAsync("y", "2");
        await PutAsync("z", "1");
        await _api.OkAsync("PATCH", $"{Maps}/y", """{"metadata":{"labels":{"a":"1"}}}""", "application/merge-patch+json");
        await _api.OkAsync("PATCH", $"{Maps}/x", """{"metadata":{"labels":{"a":"3"}}}""", "application/merge-patch+json");
        await _api.OkAsync("DELETE", $"{Maps}/y");

        await follower.SeesAsync("Deleted default/y");
        Assert.That(follower.Events, Is.EqualTo(
            new[] { "Replaced ", "Upserted default/x", "Upserted default/y", "Deleted default/x", "Deleted default/y" }));
    }

    [Test]
    public async Task Continues_after_a_lost_connection_without_listing_again()
    {
        await using var follower = new Follower<V1ConfigMap>(_api);
        await follower.ConnectedAsync();
        await PutAsync("x");
        await follower.SeesAsync("Upserted default/x");

        follower.Faults.BreakAll();
        await PutAsync("y");

        await follower.SeesAsync("Upserted default/y");
        Assert.That(follower.Faults.Lists.Count(), Is.EqualTo(1));
        Assert.That(follower.Events.Count(e => e == "Upserted default/x"), Is.EqualTo(1));
    }

    [Test]
    public async Task Bookmarks_move_the_place_to_continue_from()
    {
        await using var busy = await TestApi.StartAsync(new LabApiOptions { BookmarkInterval = TimeSpan.FromMilliseconds(5) });
        await using var follower = new Follower<V1ConfigMap>(busy);
        await follower.ConnectedAsync();
        await busy.OkAsync("POST", "/api/v1/namespaces", """{"metadata":{"name":"other"}}""");
        var version = $"resourceVersion={busy.Server.Store.Version}";

        await Until.TrueAsync(
            "the watch continues from a bookmark's version",
            () =>
            {
                follower.Faults.BreakAll();
                return follower.Faults.Watches.Last().Contains(version, StringComparison.Ordinal);
            });
        Assert.That(follower.Faults.Lists.Count(), Is.EqualTo(1));
    }

    [TestCase(true, TestName = "Lists again after a 410 by HTTP and sees what was deleted meanwhile")]
    [TestCase(false, TestName = "Lists again after a 410 in an ERROR event and sees what was deleted meanwhile")]
    public async Task Lists_again(bool byHttp)
    {
        await PutAsync("x");
        await PutAsync("y");
        await using var follower = new Follower<V1ConfigMap>(_api);
        await follower.SeesAsync("Replaced default/x,default/y");
        await follower.ConnectedAsync();
        if (byHttp)
        {
            follower.Faults.AnswerNext(HttpStatusCode.Gone, "Expired");
        }

        _api.Server.Store.Atomically(() =>
        {
            // Nobody is told of this: the history is gone before the watch can read it.
            _api.Server.Store.Change("configmaps", new("default", "x"), _ => null, dryRun: false);
            _api.Server.Store.Compact();
            return 0;
        });
        follower.Faults.BreakAll();

        await follower.SeesAsync("Replaced default/y");
        Assert.That(follower.State.Keys, Is.EqualTo(new[] { "default/y" }));
    }

    [Test]
    public async Task Survives_errors_of_the_server_and_says_so_meanwhile()
    {
        await using var follower = new Follower<V1ConfigMap>(_api);
        await follower.ConnectedAsync();
        foreach (var code in (HttpStatusCode[])[HttpStatusCode.InternalServerError, HttpStatusCode.TooManyRequests, HttpStatusCode.Unauthorized])
        {
            follower.Faults.AnswerNext(code, "Broken");
        }

        var opened = follower.Watch.State.Since;
        follower.Faults.BreakAll();
        await PutAsync("x");

        await follower.SeesAsync("Upserted default/x");
        await follower.ConnectedAsync();
        Assert.That(follower.Watch.State.Since, Is.GreaterThan(opened));
        var limits = follower.Faults.Watches.Select(path => path.Split("timeoutSeconds=")[1].Split('&')[0]);
        Assert.That(limits, Is.EqualTo(new[] { "300", "3", "3", "3", "3", "300" }), "followed again when the server has told what was missed");
    }

    [Test]
    public async Task Is_disconnected_while_nobody_answers()
    {
        await using var follower = new Follower<V1ConfigMap>(_api);
        await follower.ConnectedAsync();

        await _api.Server.DisposeAsync();

        await Until.TrueAsync("the loss is noticed", () => follower.Watch.State is { Connected: false, LastError: not null });
        Assert.That(follower.Watch.State.Synced, Is.True, "what was known stays known");
        Assert.That(follower.Loop.IsCompleted, Is.False);
    }

    [Test]
    public async Task Follows_a_server_begun_anew_with_another_history()
    {
        await PutAsync("x");
        await using var follower = new Follower<V1ConfigMap>(_api);
        await follower.SeesAsync("Replaced default/x");
        await follower.ConnectedAsync();

        var listen = new IPEndPoint(IPAddress.Loopback, _api.Server.Endpoint.Port);
        await _api.Server.DisposeAsync();
        await using var anew = await LabApiServer.StartAsync(new LabApiOptions { Listen = listen, Token = _api.Server.Token });

        await follower.SeesAsync("Replaced ");
        Assert.That(follower.State, Is.Empty);
    }

    [Test]
    public async Task A_watch_that_says_nothing_for_too_long_is_opened_again()
    {
        var time = new ManualTime();
        await using var follower = new Follower<V1ConfigMap>(_api, time: time);
        await follower.ConnectedAsync();

        await Until.TrueAsync(
            "the idle watch is given up",
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(30));
                return follower.Faults.Watches.Count() > 1;
            });
        Assert.That(follower.Faults.Lists.Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_slow_consumer_ends_up_with_the_newest_state()
    {
        await using var shallow = await TestApi.StartAsync(new LabApiOptions { HistorySize = 20 });
        await using var follower = new Follower<V1ConfigMap>(shallow, new ResourceWatchOptions { Capacity = 1 }, paused: true);
        var filling = new string('x', 20_000); // so that the sockets' buffers are soon full
        await follower.ConnectedAsync();
        for (var i = 0; i < 300; i++)
        {
            await shallow.OkAsync("POST", Maps, $$$"""{"metadata":{"name":"m{{{i}}}"},"data":{"k":"{{{filling}}}"}}""");
            if (i % 2 == 0)
            {
                await shallow.OkAsync("DELETE", $"{Maps}/m{i}");
            }
        }

        follower.Consume(1_000_000);

        await Until.TrueAsync("the consumer has what the store has", () => Equal(shallow, follower));
        Assert.That(follower.Faults.Lists.Count(), Is.GreaterThan(1), "it fell out of the history, so it was not all buffered somewhere");
    }

    [Test]
    public async Task An_object_it_cannot_read_does_not_stop_the_others()
    {
        await _api.OkAsync("POST", Definitions, Widget.Definition);
        await _api.OkAsync("POST", "/apis/test.dev/v1/widgets", """{"metadata":{"name":"bad"},"size":"large"}""");
        await _api.OkAsync("POST", "/apis/test.dev/v1/widgets", """{"metadata":{"name":"good"},"size":1}""");
        await using var follower = new Follower<Widget>(_api);
        await follower.SeesAsync("Replaced good");
        await follower.ConnectedAsync();

        await _api.OkAsync("POST", "/apis/test.dev/v1/widgets", """{"metadata":{"name":"worse"},"size":[]}""");
        await _api.OkAsync("POST", "/apis/test.dev/v1/widgets", """{"metadata":{"name":"fine"},"size":2}""");

        await follower.SeesAsync("Upserted fine");
        Assert.That(follower.State.Keys.Order(), Is.EqualTo(new[] { "fine", "good" }));
    }

    [Test]
    public async Task An_optional_kind_that_is_not_defined_has_no_objects_until_it_is()
    {
        var time = new ManualTime();
        var options = new ResourceWatchOptions { Sources = [Widget.Source] };
        await using var follower = new Follower<Widget>(_api, options, time);
        await follower.SeesAsync("Replaced ");
        await Until.TrueAsync("it says so", () => follower.Watch.State is { Synced: true, IsDefined: false });

        await _api.OkAsync("POST", Definitions, Widget.Definition);
        await _api.OkAsync("POST", "/apis/test.dev/v1/widgets", """{"metadata":{"name":"good"},"size":1}""");
        await Until.TrueAsync(
            "the objects of the kind that was defined later",
            () =>
            {
                time.Advance(options.DefinitionInterval);
                return follower.Events.Contains("Replaced good");
            });
        await Until.TrueAsync("it says so", () => follower.Watch.State.IsDefined);
    }

    [Test]
    public async Task An_optional_kind_that_is_defined_and_answered_with_404_is_asked_for_again()
    {
        await _api.OkAsync("POST", Definitions, Widget.Definition);
        await _api.OkAsync("POST", "/apis/test.dev/v1/widgets", """{"metadata":{"name":"good"},"size":1}""");
        await using var follower = new Follower<Widget>(
            _api, new ResourceWatchOptions { Sources = [Widget.Source] }, answer: HttpStatusCode.NotFound);
        await follower.SeesAsync("Replaced good");

        Assert.That(follower.Events, Has.No.Member("Replaced "), "an API server that starts does not open what policies close");
    }

    [Test]
    public async Task Of_two_sources_the_first_that_is_defined_is_followed_and_never_both()
    {
        var first = Widget.Source with { ApiVersion = "first.dev/v1", Definition = "widgets.first.dev" };
        await _api.OkAsync("POST", Definitions, Widget.Definition);
        await _api.OkAsync("POST", "/apis/test.dev/v1/widgets", """{"metadata":{"name":"stored"},"size":1}""");
        await using var follower = new Follower<Widget>(
            _api, new ResourceWatchOptions { Sources = [first, Widget.Source], WatchTimeout = TimeSpan.FromSeconds(1) });
        await follower.SeesAsync("Replaced stored");

        await _api.OkAsync("POST", Definitions, Widget.Definition.Replace("test.dev", "first.dev", StringComparison.Ordinal));
        await _api.OkAsync("POST", "/apis/first.dev/v1/widgets", """{"metadata":{"name":"moved"},"size":1}""");

        await follower.SeesAsync("Replaced moved");
        Assert.That(follower.State.Keys, Is.EqualTo(new[] { "moved" }));
    }

    [Test]
    public async Task A_store_that_is_being_filled_opens_nothing()
    {
        var options = await MoveAsync("first.dev");
        await _api.OkAsync("POST", Definitions, Definition("first.dev")); // empty
        await using var follower = new Follower<Widget>(_api, options);
        await follower.SeesAsync("Replaced one,other");

        await AddAsync("first.dev", "one"); // half of it
        await follower.ConnectedAsync();
        await _api.OkAsync("PUT", "/apis/test.dev/v1/widgets/other", await ChangedAsync("other"));
        await follower.SeesAsync("Upserted other");
        Assert.That(follower.State.Keys.Order(), Is.EqualTo(new[] { "one", "other" }));

        // Ready: from the next watch on it counts, and what is deleted there is deleted.
        await AddAsync("first.dev", "other");
        await ReadyAsync();
        follower.Faults.BreakAll();
        await Until.TrueAsync("it is followed", () => Follows(follower, "/apis/first.dev"));
        await _api.OkAsync("DELETE", "/apis/first.dev/v1/widgets/one");
        await follower.SeesAsync("Deleted one");
        Assert.That(follower.State.Keys, Is.EqualTo(new[] { "other" }));
    }

    [Test]
    public async Task A_store_that_is_cleared_away_after_a_move_opens_nothing()
    {
        var options = await MoveAsync("first.dev");
        await _api.OkAsync("POST", Definitions, Definition("first.dev"));
        await using var follower = new Follower<Widget>(_api, options);
        await follower.SeesAsync("Replaced one,other");
        await follower.ConnectedAsync();
        await AddAsync("first.dev", "one");
        await AddAsync("first.dev", "other");
        await ReadyAsync();

        await _api.OkAsync("DELETE", "/apis/test.dev/v1/widgets/one");
        await _api.OkAsync("DELETE", $"{Definitions}/widgets.test.dev");

        await Until.TrueAsync("the other is followed", () => Follows(follower, "/apis/first.dev"));
        await _api.OkAsync("PUT", "/apis/first.dev/v1/widgets/one", await ChangedAsync("one", "first.dev"));
        await follower.SeesAsync("Upserted one");
        Assert.That(follower.Events, Has.None.StartsWith("Deleted").And.No.Member("Replaced "));
        Assert.That(follower.State.Keys.Order(), Is.EqualTo(new[] { "one", "other" }));
    }

    [TestCase("{}")]
    [TestCase("""{"datastoreReady":false}""")]
    [TestCase("""{"datastoreReady":"true"}""")]
    public async Task A_store_that_does_not_say_that_it_is_ready_is_not(string spec)
    {
        var options = await MoveAsync("first.dev");
        await _api.OkAsync("POST", Definitions, Definition("first.dev"));
        await _api.OkAsync("POST", "/apis/first.dev/v1/states", $$"""{"metadata":{"name":"default"},"spec":{{spec}}}""");
        await using var follower = new Follower<Widget>(_api, options);
        await follower.SeesAsync("Replaced one,other");
    }

    [Test]
    public async Task A_store_that_never_says_so_counts_where_there_is_no_other()
    {
        var options = await MoveAsync("first.dev");
        await _api.OkAsync("DELETE", $"{Definitions}/widgets.test.dev");
        await _api.OkAsync("POST", Definitions, Definition("first.dev"));
        await AddAsync("first.dev", "alone");
        await using var follower = new Follower<Widget>(_api, options);
        await follower.SeesAsync("Replaced alone");
    }

    [Test]
    public async Task Cancellation_ends_the_loop_and_the_channel()
    {
        await using var follower = new Follower<V1ConfigMap>(_api);
        await follower.ConnectedAsync();

        await follower.StopAsync();

        Assert.That(follower.Loop.IsCanceled, Is.True);
        Assert.That(follower.Watch.Events.Completion.IsCompletedSuccessfully, Is.True);
        Assert.That(follower.Watch.State.Connected, Is.False);
    }

    [Test]
    public void A_model_without_an_entity_is_our_mistake()
    {
        Assert.That(
            () => ResourceSource.Of(typeof(V1ObjectMeta)),
            Throws.ArgumentException.With.Message.Contains("KubernetesEntity"));
    }

    /// <summary>The consumer's state is the store's, down to the versions.</summary>
    internal static bool Equal(TestApi api, Follower<V1ConfigMap> follower)
    {
        var stored = api.Server.Store.List("configmaps").Objects
            .ToDictionary(pair => pair.Key.ToString(), pair => pair.Value.Version.ToString());
        return stored.Count == follower.State.Count
            && stored.All(pair => follower.State.TryGetValue(pair.Key, out var version) && version == pair.Value);
    }

    /// <summary>An old store with two objects, and a kind in which the new one says that it is ready.</summary>
    private async Task<ResourceWatchOptions> MoveAsync(string to)
    {
        await _api.OkAsync("POST", Definitions, Widget.Definition);
        await AddAsync("test.dev", "one");
        await AddAsync("test.dev", "other");
        await _api.OkAsync("POST", Definitions, Definition(to).Replace("widgets", "states", StringComparison.Ordinal)
            .Replace("Widget", "State", StringComparison.Ordinal));
        return new ResourceWatchOptions
        {
            Sources =
            [
                new ResourceSource($"{to}/v1", "widgets", $"widgets.{to}") { ReadyPath = $"apis/{to}/v1/states/default" },
                Widget.Source,
            ],
        };
    }

    private static bool Follows(Follower<Widget> follower, string root) =>
        follower.Faults.Watches.Any(path => path.StartsWith(root, StringComparison.Ordinal));

    private static string Definition(string group) => Widget.Definition.Replace("test.dev", group, StringComparison.Ordinal);

    private async Task AddAsync(string group, string name) =>
        await _api.OkAsync("POST", $"/apis/{group}/v1/widgets", $$$"""{"metadata":{"name":"{{{name}}}"},"size":1}""");

    private async Task<string> ChangedAsync(string name, string group = "test.dev")
    {
        var widget = await _api.OkAsync("GET", $"/apis/{group}/v1/widgets/{name}");
        widget["size"] = 2;
        return widget.ToJsonString();
    }

    private async Task ReadyAsync() => await _api.OkAsync(
        "POST", "/apis/first.dev/v1/states", """{"metadata":{"name":"default"},"spec":{"datastoreReady":true}}""");

    private async Task PutAsync(string name, string label = "1") => await
        _api.OkAsync("POST", Maps, $$$"""{"metadata":{"name":"{{{name}}}","labels":{"a":"{{{label}}}"} } }""");
}
