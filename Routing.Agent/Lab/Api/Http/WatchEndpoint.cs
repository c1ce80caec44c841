using System.IO.Pipelines;
using Routing.Agent.Lab.Api.Kinds;
using Routing.Agent.Lab.Api.Selectors;
using Routing.Agent.Lab.Api.Storage;

namespace Routing.Agent.Lab.Api.Http;

/// <summary>A watch: a line of JSON per event, flushed at once. It pulls from the kind's history, so it has no queue: a client that
/// reads slowly falls out of the history and gets the 410 that a real server would give it.</summary>
internal sealed class WatchEndpoint(ObjectStore store, TimeProvider time, TimeSpan bookmarkInterval)
{
    private const int BatchSize = 256;
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(30);

    // The real server sends one when it is about to end a watch, so that the next one starts late.
    private static readonly TimeSpan LastBookmark = TimeSpan.FromSeconds(2);

    public async Task HandleAsync(
        HttpContext http, ResourceKind kind, string scope, string name, CancellationToken cancellationToken)
    {
        var query = http.Request.Query;
        var labels = LabelSelector.Parse(query["labelSelector"]);
        var fields = FieldSelector.Parse(query["fieldSelector"], kind);
        bool Matches(StoredObject item) =>
            (scope.Length == 0 || item.Key.Namespace == scope) && (name.Length == 0 || item.Key.Name == name)
            && labels.Matches(item) && fields.Matches(item);

        var start = WatchStart.From(query, kind);
        if (start.Version > store.Version)
        {
            throw ApiErrors.VersionTooLarge(start.Version, store.Version);
        }

        var lines = new WatchLines(kind, Negotiation.Form(http.Request), query["includeObject"].ToString(), time);
        ApiResponse.Head(http, 200);
        var output = http.Response.BodyWriter;
        var position = start.Version;
        if (start.SendsInitial)
        {
            position = WriteInitial(output, lines, kind, Matches, start.MarksInitialEnd);
        }

        // Headers go out even when there is nothing to say yet: the client waits for them.
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        var asked = query.Number("timeoutSeconds") is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : DefaultTimeout;
        var bookmarks = query.IsTrue("allowWatchBookmarks");
        await FollowAsync(output, lines, kind, Matches, position, asked, bookmarks, cancellationToken).ConfigureAwait(false);
    }

    private long WriteInitial(
        PipeWriter output, WatchLines lines, ResourceKind kind, Func<StoredObject, bool> matches, bool marksEnd)
    {
        var snapshot = store.List(kind.Storage);
        foreach (var item in snapshot.Objects.Values.Where(matches))
        {
            lines.Write(output, WatchEventType.Added, item);
        }

        if (marksEnd)
        {
            lines.WriteBookmark(output, snapshot.Version, endsInitial: true);
        }

        return snapshot.Version;
    }

    private async Task FollowAsync(
        PipeWriter output,
        WatchLines lines,
        ResourceKind kind,
        Func<StoredObject, bool> matches,
        long position,
        TimeSpan timeout,
        bool bookmarks,
        CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + timeout;
        var nextBookmark = NextBookmark(deadline);
        while (true)
        {
            var batch = store.Read(kind.Storage, position, BatchSize);
            if (batch.Expired)
            {
                WatchLines.WriteError(output, ApiErrors.WatchExpired(position, batch.Version));
                await output.FlushAsync(cancellationToken).ConfigureAwait(false);
                return;
            }

            foreach (var change in batch.Changes)
            {
                if (change.SeenBy(matches) is { } seen)
                {
                    lines.Write(output, seen.Type, seen.Object);
                }
            }

            if (batch.Changes.Length > 0)
            {
                position = batch.Changes[^1].Version;
                await output.FlushAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            position = batch.Version; // this kind did not change, others may have
            var now = time.GetUtcNow();
            if (now >= deadline)
            {
                return;
            }

            if (bookmarks && now >= nextBookmark)
            {
                lines.WriteBookmark(output, position, endsInitial: false);
                await output.FlushAsync(cancellationToken).ConfigureAwait(false);
                nextBookmark = NextBookmark(deadline);
            }

            await WaitAsync(batch.More, bookmarks && nextBookmark < deadline ? nextBookmark : deadline, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <summary>At the usual interval, but in any case shortly before the end.</summary>
    private DateTimeOffset NextBookmark(DateTimeOffset deadline)
    {
        var now = time.GetUtcNow();
        var usual = now + bookmarkInterval;
        var last = deadline - LastBookmark;
        return last > now && last < usual ? last : usual;
    }

    private async Task WaitAsync(Task more, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var left = until - time.GetUtcNow();
        try
        {
            await more.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Time for a bookmark, or for the end: the caller looks at the clock.
        }
    }
}
