using Routing.Agent.Lab.Api.Kinds;
using Routing.Agent.Lab.Api.Validation;

namespace Routing.Agent.Lab.Api.Http;

/// <summary>Where a watch begins.</summary>
/// <param name="Version">Changes after this; 0 together with <paramref name="SendsInitial"/>.</param>
/// <param name="SendsInitial">What exists comes first, as ADDED events.</param>
/// <param name="MarksInitialEnd">A bookmark says when that is over.</param>
internal readonly record struct WatchStart(long Version, bool SendsInitial, bool MarksInitialEnd)
{
    /// <exception cref="ApiException">422 for sendInitialEvents without the match it demands.</exception>
    public static WatchStart From(IQueryCollection query, ResourceKind kind)
    {
        var version = query.Number("resourceVersion") ?? 0;
        var match = query["resourceVersionMatch"].ToString();
        var bookmarks = query.IsTrue("allowWatchBookmarks");
        if (query["sendInitialEvents"].Count > 0)
        {
            if (match != "NotOlderThan")
            {
                throw ApiErrors.Invalid(
                    kind with { Group = "meta.k8s.io", Kind = "ListOptions" },
                    "",
                    [FieldError.Forbidden("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")]);
            }

            return query.IsTrue("sendInitialEvents")
                ? new WatchStart(0, true, bookmarks)
                : new WatchStart(version, false, false);
        }

        // An unset version means "any": what exists first. Since 1.32 such a watch is also told when that is over.
        return version == 0 ? new WatchStart(0, true, bookmarks) : new WatchStart(version, false, false);
    }
}
