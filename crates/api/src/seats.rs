//! A plan of many people at once.

use app::{
    AppError,
    seats::{self as use_cases, Chosen, Deed, Seat},
};
use axum::{Json, extract::State, http::StatusCode};
use domain::{
    field::{FieldError, Rule},
    id::{RequestId, TenantId, UserId},
};
use web::Surface;
use wire::seats::{ChangeSeats, SeatDeed, SeatsChanged};

use crate::{
    Refused,
    input::{Body, Call, PathId},
    refusal::Answer,
};

/// Give a plan to many people of a customer, or take it from them, or tell what that would change.
///
/// One request, however many people: the people named, or all, as far as it is not so already.
/// Billing begins when an account was read back with it, and ends now.
#[utoipa::path(post, path = "/customers/{id}/seats", tag = "catalogue", request_body = ChangeSeats,
    params(("id" = String, Path, description = "Id of the customer.")),
    responses((status = 202, description = "Recorded, or only looked at.", body = SeatsChanged), Refused))]
pub async fn change_seats(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Body(new): Body<ChangeSeats>,
) -> Answer<(StatusCode, Json<SeatsChanged>)> {
    let (deed, chosen) = checked(&new).map_err(AppError::field)?;
    let (app, caller, how) = (&surface.app, &call.caller, (deed, &chosen));
    // Who only looks has tried nothing; who acts is told of what was done, and noted where it is denied.
    let changed = match new.preview {
        true => {
            let of = use_cases::preview(app, caller, id, &new.plan, how).await?;
            changed(&of.seat, (of.people, of.kept, of.left_out), None)
        }
        false => {
            let of = use_cases::change(app, caller, id, &new.plan, how, &call.cause).await?;
            changed(&of.seat, (of.people, of.kept, of.left_out), of.request)
        }
    };
    Ok((StatusCode::ACCEPTED, Json(changed)))
}

fn changed(
    seat: &Seat,
    (people, kept, left_out): (usize, usize, usize),
    request: Option<RequestId>,
) -> SeatsChanged {
    SeatsChanged {
        plan: seat.code(),
        name: seat.plan.name.clone(),
        people,
        kept,
        left_out,
        request: request.map(|request| request.to_string()),
    }
}

fn checked(new: &ChangeSeats) -> Result<(Deed, Chosen), FieldError> {
    if new.plan.is_empty() {
        return Err(FieldError::new("plan", Rule::Required));
    }
    let deed = match SeatDeed::from_code(&new.deed) {
        Some(SeatDeed::Give) => Deed::Give,
        Some(SeatDeed::Take) => Deed::Take,
        None if new.deed.is_empty() => return Err(FieldError::new("deed", Rule::Required)),
        None => return Err(FieldError::new("deed", Rule::Unknown).with("known", "give, take")),
    };
    if new.all {
        if !new.people.is_empty() {
            return Err(FieldError::new("people", Rule::Duplicate).with("other", "all"));
        }
        return Ok((deed, Chosen::All(new.search.clone().filter(|text| !text.trim().is_empty()))));
    }
    if new.search.is_some() {
        return Err(FieldError::new("all", Rule::Required));
    }
    let unknown = |i: usize| FieldError::new(format!("people[{i}]"), Rule::Unknown);
    let people = new.people.iter().enumerate();
    let people = people.map(|(i, id)| id.parse::<UserId>().map_err(|_| unknown(i)));
    let mut people = people.collect::<Result<Vec<_>, _>>()?;
    people.sort_unstable();
    people.dedup();
    Ok((deed, Chosen::People(people)))
}
